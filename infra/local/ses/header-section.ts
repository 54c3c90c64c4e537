/** One header field: its name as written, its unfolded value, and where its bytes lie (line end included). */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface HeaderSection {
  readonly fields: readonly HeaderField[];
  /** Offset of the first byte after the empty line, or the length of the message when there is none. */
  readonly bodyStart: number;
  /** Offset of the first line that is neither a field nor the continuation of one. */
  readonly malformedAt?: number;
  /** False when a limit was reached before the section's end; `bodyStart` is then where reading stopped. */
  readonly complete: boolean;
}

const maxBytes = 1024 * 1024;
const maxFields = 10_000;
const LF = 0x0a;
const fieldName = /^([!-9;-~]+)[ \t]*:/;

/** Reads the header section of a message (RFC 5322 section 2.2) by byte offsets. Takes CRLF and bare LF as line ends. */
export function readHeaderSection(message: Buffer): HeaderSection {
  const starts: number[] = [];
  const ends: number[] = [];
  let malformedAt: number | undefined;
  let at = 0;
  let complete = true;
  let bodyStart: number | undefined;
  while (at < message.length && bodyStart === undefined) {
    if (at > maxBytes || starts.length >= maxFields) {
      complete = false;
      break;
    }
    const next = lineEnd(message, at);
    if (isEmptyLine(message, at, next)) bodyStart = next;
    else if (isContinuation(message, at) && ends.length > 0) ends[ends.length - 1] = next;
    else if (beginsField(message, at, next)) {
      starts.push(at);
      ends.push(next);
    } else malformedAt ??= at;
    at = next;
  }
  return {
    fields: starts.map((start, i) => field(message, start, ends[i] ?? start)),
    bodyStart: bodyStart ?? at,
    complete,
    ...(malformedAt === undefined ? {} : { malformedAt }),
  };
}

/** The value of the first field of this name, whatever its case. */
export function headerValue(section: HeaderSection, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return section.fields.find((f) => f.name.toLowerCase() === wanted)?.value;
}

function lineEnd(message: Buffer, from: number): number {
  const lf = message.indexOf(LF, from);
  return lf === -1 ? message.length : lf + 1;
}

function isEmptyLine(message: Buffer, from: number, next: number): boolean {
  const length = next - from;
  return message[from] === LF || (length === 2 && message[from] === 0x0d && message[from + 1] === LF);
}

function isContinuation(message: Buffer, at: number): boolean {
  return message[at] === 0x20 || message[at] === 0x09;
}

function beginsField(message: Buffer, from: number, next: number): boolean {
  return fieldName.test(message.toString("latin1", from, Math.min(next, from + 1000)));
}

function field(message: Buffer, start: number, end: number): HeaderField {
  const text = message.toString("utf8", start, end);
  const colon = text.indexOf(":");
  const value = text
    .slice(colon + 1)
    .replace(/\r?\n[ \t]+/g, " ")
    .trim();
  return { name: text.slice(0, colon).trim(), value, start, end };
}
