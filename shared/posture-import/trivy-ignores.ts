/** Trivy's `.trivyignore`: an id a line, perhaps with the day on which it ends, and comments. */

import { placeException } from "./ignored-advisory.ts";
import type { Collector } from "./imported.ts";

export interface TrivyIgnore {
  readonly id: string;
  /** `YYYY-MM-DD`. */
  readonly expires?: string;
  /** What stands directly above, or behind it. */
  readonly comments: readonly string[];
}

/** An entry, or a comment that stands at none. */
type Read = { readonly line: number } & (TrivyIgnore | { readonly loose: string });

/** The entries in their order. Every text is such a file. */
export function readTrivyIgnores(text: string): readonly TrivyIgnore[] {
  return linesOf(text).flatMap(({ line: _, ...read }) => ("loose" in read ? [] : [read]));
}

/** A file with these entries, and nothing else in it. */
export function formatTrivyIgnore(entries: readonly TrivyIgnore[]): string {
  const lines = entries.flatMap(({ id, expires, comments }) => [
    ...comments.map((comment) => `# ${comment}`),
    expires === undefined ? id : `${id} exp:${expires}`,
  ]);
  return lines.map((line) => `${line}\n`).join("");
}

export function importTrivyIgnore(collector: Collector, text: string, file: string | undefined): void {
  for (const read of linesOf(text)) {
    if ("loose" in read) collector.leave(read.line, read.loose, "It is a comment that stands at no entry");
    else {
      const { line, id, expires, comments } = read;
      placeException(collector, { line, id, until: expires, reason: comments.join(" ") }, { tool: "trivy", file });
    }
  }
}

function linesOf(text: string): Read[] {
  const read: Read[] = [];
  let above: { line: number; text: string }[] = [];
  const letGo = () => {
    read.push(...above.map(({ line, text: loose }) => ({ line, loose })));
    above = [];
  };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const [before = "", ...after] = raw.split("#");
    const comment = after.join("#").trim();
    const [id, ...words] = before.split(/\s+/).filter((word) => word !== "");
    if (id !== undefined) {
      const expires = words.map((word) => /^exp:(\d{4}-\d\d-\d\d)$/.exec(word)?.[1]).find((day) => day !== undefined);
      const rest = words.filter((word) => word !== `exp:${expires ?? ""}`).join(" ");
      const comments = [...above.map(({ text: said }) => said), rest, comment].filter((said) => said !== "");
      read.push({ line, id, ...(expires === undefined ? {} : { expires }), comments });
      above = [];
    } else if (comment !== "") above.push({ line, text: comment });
    else letGo();
  }
  letGo();
  return read;
}
