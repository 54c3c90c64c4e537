/** The bytes of a message written as lines; they are joined with CRLF. */
export function written(...lines: string[]): Buffer {
  return Buffer.from(lines.join("\r\n"), "utf8");
}
