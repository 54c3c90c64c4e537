import { decodeCharset } from "./charset.ts";
import { removeComments } from "./comments.ts";
import { decodeEncodedWords } from "./encoded-word.ts";

const MAX_PARAMETERS = 200;
const MAX_LENGTH = 65_536;

export interface ParameterisedValue {
  /** What stands before the first `;`, lower case, comments removed. */
  readonly value: string;
  /** By lower-case name, decoded (RFC 2231 and the encoded words that senders use instead); the first of a name wins. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Reads Content-Type, Content-Disposition and their like (RFC 2045 §5.1, RFC 2183, RFC 2231), with the damage that real senders do. */
export function readParameters(header: string): ParameterisedValue {
  const [head = "", ...pieces] = splitPieces(header.slice(0, MAX_LENGTH));
  const plain = new Map<string, string>();
  const extended = new Map<string, Segment[]>();
  for (const piece of pieces.slice(0, MAX_PARAMETERS)) {
    const equals = piece.indexOf("=");
    if (equals < 1) continue;
    const name = piece.slice(0, equals).trim().toLowerCase();
    const value = unquote(name, piece.slice(equals + 1).trim());
    const [, base = "", index, star] = /^([^*]*)(?:\*(\d{1,3}))?(\*)?$/.exec(name) ?? [];
    if (base === "") continue;
    if (index === undefined && star === undefined) {
      if (!plain.has(base)) plain.set(base, decodeEncodedWords(value));
    } else {
      const segments = extended.get(base) ?? [];
      segments.push({ index: Number(index ?? 0), encoded: star !== undefined, value });
      extended.set(base, segments);
    }
  }
  for (const [name, segments] of extended) plain.set(name, joinSegments(segments));
  return { value: removeComments(head).trim().toLowerCase(), parameters: plain };
}

/** One part of an RFC 2231 value: `name*3*=...` has index 3 and is encoded. */
interface Segment {
  readonly index: number;
  readonly encoded: boolean;
  readonly value: string;
}

/** RFC 2231 §3 and §4: charset and language stand in the first segment; encoded and plain segments may be mixed. */
function joinSegments(segments: Segment[]): string {
  const ordered = segments.toSorted((a, b) => a.index - b.index);
  let charset: string | undefined;
  const bytes = ordered.map(({ encoded, value }, position) => {
    if (!encoded) return Buffer.from(value, "utf8");
    const declared = position === 0 ? /^([^']*)'[^']*'/.exec(value) : null;
    if (declared !== null) charset = declared[1];
    return percentDecode(declared === null ? value : value.slice(declared[0].length));
  });
  return decodeEncodedWords(decodeCharset(Buffer.concat(bytes), charset).text);
}

function percentDecode(value: string): Buffer {
  if (/\P{ASCII}/u.test(value)) return Buffer.from(value, "utf8");
  const text = value.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, "latin1");
}

/** Cuts at `;` outside quotes. A quote that never ends takes the rest. */
function splitPieces(header: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < header.length; at++) {
    const char = header[at];
    if (quoted && char === "\\") at++;
    else if (char === '"') quoted = !quoted;
    else if (char === ";" && !quoted) {
      pieces.push(header.slice(from, at));
      from = at + 1;
    }
  }
  pieces.push(header.slice(from));
  return pieces;
}

/** Only `\"` and `\\` are escapes: senders write Windows paths in quotes. Names and boundaries keep what strictly needs quotes. */
function unquote(name: string, value: string): string {
  if (value.startsWith('"')) {
    const [, inner = ""] = /^"([^"\\]*(?:\\.[^"\\]*)*)/s.exec(value) ?? [];
    return inner.replace(/\\(["\\])/g, "$1");
  }
  if (/^(?:file)?name\b|^boundary\b/.test(name)) return value;
  return value.replace(/[\s(].*$/s, "");
}
