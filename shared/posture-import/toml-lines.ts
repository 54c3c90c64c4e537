/** Where things stand in a TOML file: the parser says what there is, and forgets lines and comments. */

const strings = /"(?:[^"\\]|\\.)*"|'[^']*'/g;

/** The comment of a line without its mark; `undefined` where it has none. */
function commentOf(line: string): string | undefined {
  // Strings keep their length, so that the mark is found where it stands.
  const at = line.replaceAll(strings, (text) => " ".repeat(text.length)).indexOf("#");
  return at < 0 ? undefined : line.slice(at + 1).trim();
}

const isComment = (line: string | undefined): boolean => line?.trimStart().startsWith("#") ?? false;

/** Reads a file line by line, downwards. */
export function tomlLines(text: string) {
  const lines = text.split(/\r?\n/);
  const attached = new Set<number>();
  let at = 0;
  return {
    /** The next line (from 1) that holds this string in quotes, with the comments directly above and behind it. */
    next(value: string): { readonly line: number; readonly comments: readonly string[] } {
      const holds = (line: string) => !isComment(line) && (line.includes(`"${value}"`) || line.includes(`'${value}'`));
      const found = lines.findIndex((line, index) => index >= at && holds(line));
      if (found < 0) return { line: at + 1, comments: [] };
      at = found;
      let first = found;
      while (first > 0 && isComment(lines[first - 1]) && !attached.has(first - 1)) first -= 1;
      const comments: string[] = [];
      for (let index = first; index <= found; index += 1) {
        const comment = attached.has(index) ? undefined : commentOf(lines[index] ?? "");
        attached.add(index);
        if (comment) comments.push(comment);
      }
      return { line: found + 1, comments };
    },
    /** The line (from 1) of a table's head or a key; 1 where it is not to be seen. */
    lineOf(name: string): number {
      const found = lines.findIndex((line) => {
        const start = line.trimStart().replace(/^\[+\s*/, "");
        return start.startsWith(name) && !/^[\w-]/.test(start.slice(name.length));
      });
      return found < 0 ? 1 : found + 1;
    },
    /** Comments that stand at nothing that was asked for. */
    loose(): readonly { readonly line: number; readonly text: string }[] {
      return lines.flatMap((line, index) => {
        const text = attached.has(index) ? undefined : commentOf(line);
        return text ? [{ line: index + 1, text }] : [];
      });
    },
  };
}
