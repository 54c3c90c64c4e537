import type { TransferDecoder } from "./transfer-encoding.ts";

const CR = 0x0d;
const LF = 0x0a;
const EQUALS = 0x3d;

/**
 * Quoted-printable (RFC 2045 §6.7). A soft line break may have white space before its line break; an `=` that begins no escape
 * stays as it is. Line breaks and all other bytes come out as they stand.
 */
export function createQuotedPrintableDecoder(): TransferDecoder {
  /** What is left undecided at the end of a chunk: begins with `=`, or is the line feed that a soft break may still take. */
  let held: Uint8Array = new Uint8Array(0);
  return {
    write(chunk) {
      const input = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const { decoded, used } = decode(input, false);
      held = input.slice(used);
      return decoded;
    },
    end: () => decode(held, true).decoded,
  };
}

function decode(input: Uint8Array, isEnd: boolean): { decoded: Uint8Array; used: number } {
  const decoded = Buffer.allocUnsafe(input.length);
  let length = 0;
  let at = 0;
  while (at < input.length) {
    const byte = input[at] as number;
    if (byte !== EQUALS) {
      decoded[length++] = byte;
      at++;
      continue;
    }
    const found = readEscape(input, at, isEnd);
    if (found === undefined) break;
    if (found.byte !== undefined) decoded[length++] = found.byte;
    at = found.after;
  }
  return { decoded: decoded.subarray(0, length), used: at };
}

/** White space after `=` longer than this is no soft break: bounds what is held between chunks. */
const MAX_PADDING = 1000;

/** What the `=` at `at` means; undefined when the next chunk decides. */
function readEscape(input: Uint8Array, at: number, isEnd: boolean): { byte?: number; after: number } | undefined {
  const high = hexDigit(input[at + 1]);
  const low = hexDigit(input[at + 2]);
  if (high >= 0 && low >= 0) return { byte: (high << 4) | low, after: at + 3 };
  if (!isEnd && (at + 1 >= input.length || (high >= 0 && at + 2 >= input.length))) return undefined;
  let next = at + 1;
  while (next - at <= MAX_PADDING && (input[next] === 0x20 || input[next] === 0x09)) next++;
  if (next >= input.length) return isEnd ? { after: next } : undefined;
  if (input[next] === LF) return { after: next + 1 };
  if (input[next] !== CR) return { byte: EQUALS, after: at + 1 };
  if (next + 1 >= input.length && !isEnd) return undefined;
  return { after: input[next + 1] === LF ? next + 2 : next + 1 };
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte & ~0x20;
  return letter >= 0x41 && letter <= 0x46 ? letter - 0x37 : -1;
}
