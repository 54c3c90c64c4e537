const CR = 0x0d;
const LF = 0x0a;

/** Offset of the first CR or LF at or after `from`, or `to`. A bare CR or LF ends a line too, as in every other mail reader. */
export function lineEnd(raw: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const byte = raw[at];
    if (byte === LF || byte === CR) return at;
    at++;
  }
  return to;
}

/** Offset after the line break at `at` (CRLF, LF or CR), or `at` where there is none. */
export function afterBreak(raw: Uint8Array, at: number, to: number): number {
  if (at >= to) return at;
  if (raw[at] === CR) return at + 1 < to && raw[at + 1] === LF ? at + 2 : at + 1;
  return raw[at] === LF ? at + 1 : at;
}

/** Offset of the line break that ends just before `at`, but not below `floor`. */
export function beforeBreak(raw: Uint8Array, at: number, floor: number): number {
  if (at > floor && raw[at - 1] === LF) return at - 1 > floor && raw[at - 2] === CR ? at - 2 : at - 1;
  if (at > floor && raw[at - 1] === CR) return at - 1;
  return Math.max(at, floor);
}
