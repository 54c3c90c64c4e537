import { fieldValue, type HeaderField, MAX_HEADER_BYTES, readHeader } from "./header.ts";
import { afterBreak, beforeBreak, lineEnd } from "./lines.ts";
import { type ParameterisedValue, readParameters } from "./parameters.ts";
import type { ProblemSet } from "./problem.ts";
import { encodingNamed, type TransferEncoding } from "./transfer-encoding.ts";

/** A container below this depth, and every part after this many, is kept as one leaf with all its bytes. */
export const MAX_DEPTH = 100;
export const MAX_PARTS = 2000;
/** RFC 2046 allows 70 characters; senders have been seen with more. */
const MAX_BOUNDARY = 998;
/** Header bytes kept of all parts together, so that many large part headers cannot multiply what is in memory. */
const MAX_ALL_HEADERS = 4 * MAX_HEADER_BYTES;

/** One MIME entity, as offsets into the raw message: nothing of the body is copied. */
export interface Part {
  /** `1` is the message itself, `1.2` its second part, and so on. */
  readonly path: string;
  readonly fields: readonly HeaderField[];
  /** Lower case `type/subtype`; what cannot be read is `text/plain` (RFC 2045 §5.2). */
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly charset: string | undefined;
  /** Lower case; undefined where there is no Content-Disposition. */
  readonly disposition: string | undefined;
  /** Decoded, not cleaned for display. */
  readonly fileName: string | undefined;
  /** Without angle brackets. */
  readonly contentId: string | undefined;
  readonly encoding: TransferEncoding;
  /** Where its header begins: `raw.subarray(headerFrom, to)` is the entity as it was signed (RFC 1847 §2.1). */
  readonly headerFrom: number;
  /** The body, still transfer-encoded: `raw.subarray(from, to)`, without the line break that belongs to the boundary. */
  readonly from: number;
  readonly to: number;
  /** Of a multipart or an embedded message; empty for a leaf and for a container that was not opened. */
  readonly children: readonly Part[];
}

interface OpenPart extends Part {
  to: number;
  readonly children: OpenPart[];
  /** What ends a child, without the leading dashes; gone once the end boundary has been seen. */
  boundary: string | undefined;
}

/**
 * Reads the tree of parts in one pass over `raw`, without recursion. A boundary line is matched against every open multipart,
 * the innermost first, so a part whose own end is missing ends where its parent's next part begins. Never throws.
 */
export function readStructure(raw: Buffer, problems: ProblemSet): Part {
  return new StructureReader(raw, problems).read();
}

class StructureReader {
  readonly #raw: Buffer;
  readonly #problems: ProblemSet;
  readonly #open: OpenPart[] = [];
  /** Level of the innermost open part of each boundary; undefined when the stack has changed since. */
  #levels: Map<string, number> | undefined;
  #parts = 0;
  #headerBudget = MAX_ALL_HEADERS;

  constructor(raw: Buffer, problems: ProblemSet) {
    this.#raw = raw;
    this.#problems = problems;
  }

  read(): Part {
    const raw = this.#raw;
    let at = this.#openPart(0);
    while (at < raw.length) {
      const hit = raw[at] === DASH && raw[at + 1] === DASH ? this.#boundaryAt(at) : undefined;
      if (hit === undefined) {
        at = afterBreak(raw, lineEnd(raw, at, raw.length), raw.length);
      } else if (hit.ends) {
        this.#closeAbove(hit.level, at);
        (this.#open[hit.level] as OpenPart).boundary = undefined;
        this.#levels = undefined;
        at = hit.after;
      } else if (this.#parts < MAX_PARTS) {
        this.#closeAbove(hit.level, at);
        at = this.#openPart(hit.after);
      } else {
        this.#problems.add("too-many-parts"); // the part now open takes the rest
        break;
      }
    }
    const root = this.#open[0] as OpenPart;
    this.#noteMissingBoundaries();
    this.#closeAbove(-1, raw.length);
    return root;
  }

  /** Reads the header at `from`, puts the part on the stack, and goes on into an embedded message. Returns where its body begins. */
  #openPart(from: number): number {
    let at = from;
    for (;;) {
      const part = this.#readPart(at);
      this.#open.at(-1)?.children.push(part);
      const openable = this.#isOpenable(part);
      if (!openable) part.boundary = undefined;
      this.#open.push(part);
      this.#parts++;
      if (part.boundary !== undefined) this.#levels = undefined;
      at = part.from;
      if (!openable || part.boundary !== undefined) return at;
    }
  }

  #isOpenable(part: OpenPart): boolean {
    const isMessage = isEmbeddedMessage(part) && part.encoding === "identity" && part.from < this.#raw.length;
    if (!isMessage && part.boundary === undefined) return false;
    if (this.#open.length < MAX_DEPTH && this.#parts + 1 < MAX_PARTS) return true;
    this.#problems.add(this.#open.length < MAX_DEPTH ? "too-many-parts" : "nesting-too-deep");
    return false;
  }

  #readPart(headerFrom: number): OpenPart {
    const parent = this.#open.at(-1);
    const bounds = {
      from: headerFrom,
      to: this.#raw.length,
      budget: this.#headerBudget,
      isBoundary: (at: number) => this.#boundaryAt(at) !== undefined,
    };
    const { fields, bodyFrom } = readHeader(this.#raw, bounds, this.#problems);
    this.#headerBudget -= Math.min(this.#headerBudget, bodyFrom - headerFrom);
    const content = readContentType(fields, parent);
    const disposition = readParameters(fieldValue(fields, "content-disposition") ?? "");
    return {
      path: parent === undefined ? "1" : `${parent.path}.${parent.children.length + 1}`,
      fields,
      mediaType: content.value,
      parameters: content.parameters,
      charset: content.parameters.get("charset"),
      disposition: disposition.value === "" ? undefined : disposition.value,
      fileName: disposition.parameters.get("filename") ?? content.parameters.get("name"),
      contentId: fieldValue(fields, "content-id")?.replace(/^\s*<|>\s*$/g, ""),
      encoding: encodingNamed(fieldValue(fields, "content-transfer-encoding"), this.#problems),
      headerFrom,
      from: bodyFrom,
      to: bodyFrom,
      children: [],
      boundary: content.value.startsWith("multipart/") ? this.#boundaryOf(content, bodyFrom) : undefined,
    };
  }

  #boundaryOf(content: ParameterisedValue, bodyFrom: number): string | undefined {
    const boundary = asBytes(content.parameters.get("boundary") ?? "").trimEnd();
    if (boundary !== "" && boundary.length <= MAX_BOUNDARY) return boundary;
    this.#problems.add("missing-boundary");
    return this.#guessBoundary(bodyFrom);
  }

  /** A multipart that names no boundary: its first line may be one. */
  #guessBoundary(bodyFrom: number): string | undefined {
    const start = this.#raw.toString("latin1", bodyFrom, bodyFrom + MAX_BOUNDARY + 10);
    const boundary = /^\s*--(\S[^\r\n]*?)\s*[\r\n]/.exec(start)?.[1];
    return boundary === undefined || this.#open.some((part) => part.boundary === boundary) ? undefined : boundary;
  }

  #boundaryAt(lineFrom: number): { level: number; ends: boolean; after: number } | undefined {
    this.#levels ??= levelsOf(this.#open);
    if (this.#levels.size === 0) return undefined;
    const raw = this.#raw;
    const limit = Math.min(raw.length, lineFrom + MAX_BOUNDARY + 100);
    const end = lineEnd(raw, lineFrom, limit);
    if (end === limit && limit < raw.length) return undefined;
    const line = raw.toString("latin1", lineFrom + 2, end).trimEnd();
    const after = afterBreak(raw, end, raw.length);
    const starts = this.#levels.get(line);
    if (starts !== undefined) return { level: starts, ends: false, after };
    const level = line.endsWith("--") ? this.#levels.get(line.slice(0, -2)) : undefined;
    return level === undefined ? undefined : { level, ends: true, after };
  }

  /** Closes every part above `level` at a boundary line (or the end) that begins at `at`. */
  #closeAbove(level: number, at: number): void {
    const isEnd = at >= this.#raw.length && level < 0;
    while (this.#open.length > level + 1) {
      const part = this.#open.pop() as OpenPart;
      if (part.boundary !== undefined) this.#levels = undefined;
      part.to = isEnd ? Math.max(part.from, at) : beforeBreak(this.#raw, at, part.from);
    }
  }

  #noteMissingBoundaries(): void {
    for (const part of this.#open) {
      if (part.boundary === undefined) continue;
      this.#problems.add(part.children.length === 0 ? "missing-boundary" : "missing-end-boundary");
    }
  }
}

const DASH = 0x2d;

function levelsOf(open: readonly OpenPart[]): Map<string, number> {
  const levels = new Map<string, number>();
  for (const [level, { boundary }] of open.entries()) if (boundary !== undefined) levels.set(boundary, level);
  return levels;
}

/** A whole message inside this one (RFC 2046 §5.2.1, RFC 6532 §3.7). */
export function isEmbeddedMessage(part: Part): boolean {
  return part.mediaType === "message/rfc822" || part.mediaType === "message/global";
}

function readContentType(fields: readonly HeaderField[], parent: Part | undefined): ParameterisedValue {
  const content = readParameters(fieldValue(fields, "content-type") ?? "");
  if (/^[^\s/]+\/[^\s/]+$/.test(content.value)) return content;
  // RFC 2046 §5.1.5: the parts of a digest are messages unless they say otherwise.
  const fallback = content.value === "" && parent?.mediaType === "multipart/digest" ? "message/rfc822" : "text/plain";
  return { value: fallback, parameters: content.parameters };
}

/** The bytes of a header value as latin1 text, to compare with lines of the body. */
function asBytes(value: string): string {
  return /\P{ASCII}/u.test(value) ? Buffer.from(value, "utf8").toString("latin1") : value;
}
