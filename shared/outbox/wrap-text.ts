/** RFC 3676 readers and people alike: lines of mail text end before this column. */
const columns = 72;

/** Joins paragraphs into plain text of 72 columns. List items (`- `) hang; lines that begin with four spaces stay as they are. */
export function wrapText(paragraphs: readonly string[]): string {
  const blocks = paragraphs.map((paragraph) => {
    if (paragraph.startsWith("    ")) return paragraph;
    return paragraph.startsWith("- ") ? wrap(paragraph, "  ") : wrap(paragraph, "");
  });
  const text = blocks.reduce((before, block, at) => {
    const tight = block.startsWith("- ") && blocks[at - 1]?.startsWith("- ") === true;
    return at === 0 ? block : `${before}${tight ? "\n" : "\n\n"}${block}`;
  }, "");
  return `${text}\n`;
}

function wrap(paragraph: string, hang: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = `${hang}${word}`;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}
