const controls = /[\p{Cc}\u2028\u2029\ufeff]+/gu;
/** Embeddings, overrides and isolates: they reorder what stands around them. Plain direction marks are part of real text and stay. */
const bidiControls = /[\u202a-\u202e\u2066-\u2069]/g;

/** One line that is safe to show beside other text: no control characters, nothing that reorders its surroundings. */
export function cleanLine(text: string, maxLength: number): string {
  const clean = text.toWellFormed().replace(bidiControls, "").replace(controls, " ").trim();
  return cut(clean, maxLength);
}

const MAX_FILE_NAME = 255;

/** A file name for display and download: its last path segment, no control, bidirectional or reserved characters, at most 255 characters. */
export function cleanFileName(name: string): string {
  const last =
    cleanLine(name, 10 * MAX_FILE_NAME)
      .split(/[/\\]/)
      .findLast((segment) => segment.trim() !== "") ?? "";
  const clean = last.replace(/[<>:"|?*]/g, "_").replace(/^[\s.]+|[\s.]+$/g, "");
  if (clean.length <= MAX_FILE_NAME) return clean;
  const extension = /\.[A-Za-z0-9]{1,16}$/.exec(clean)?.[0] ?? "";
  return cut(clean, MAX_FILE_NAME - extension.length) + extension;
}

/** Cuts without splitting a surrogate pair. */
function cut(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "");
}
