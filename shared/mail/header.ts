import { guessText } from "./charset.ts";
import { afterBreak, lineEnd } from "./lines.ts";
import type { ProblemSet } from "./problem.ts";

/** Of one header section, what lies beyond is skipped and noted. */
export const MAX_HEADER_BYTES = 1024 * 1024;
export const MAX_HEADER_FIELDS = 10_000;

export interface HeaderField {
  /** As written. */
  readonly name: string;
  /** Unfolded (RFC 5322 §2.2.3) and trimmed; encoded words still encoded; 8-bit bytes read as UTF-8, else windows-1252. */
  readonly value: string;
}

interface HeaderSection {
  readonly fields: readonly HeaderField[];
  /** Where the body begins. */
  readonly bodyFrom: number;
}

interface HeaderBounds {
  readonly from: number;
  readonly to: number;
  /** Most bytes to keep, at most MAX_HEADER_BYTES. */
  readonly budget: number;
  /** Says whether the line at this offset is a MIME boundary, which ends a part whose header never ended. */
  readonly isBoundary: (lineFrom: number) => boolean;
}

/**
 * Reads one header section from `bounds.from`. A line that is no field ends the section and begins the body, unless a well-known
 * field follows before the next empty line: then it is skipped. Never throws; what it could not read is noted in `problems`.
 */
export function readHeader(raw: Buffer, bounds: HeaderBounds, problems: ProblemSet): HeaderSection {
  const { from, to } = bounds;
  const fields: HeaderField[] = [];
  const keepUntil = from + Math.min(bounds.budget, MAX_HEADER_BYTES);
  let lastKnown: number | undefined;
  const isResumed = (at: number) => {
    lastKnown ??= lastKnownField(raw, at, to);
    return at < lastKnown;
  };
  let line = skipEnvelopeLine(raw, from, to);
  for (let at = line; at < to; at = line) {
    if (raw[at] === DASH && raw[at + 1] === DASH && bounds.isBoundary(at)) return { fields, bodyFrom: at };
    const end = lineEnd(raw, at, to);
    line = afterBreak(raw, end, to);
    if (end === at) return { fields, bodyFrom: line };
    const colon = fieldColon(raw, at, end);
    if (colon < 0) {
      const isBodyStart = !isResumed(at);
      if (isBodyStart && isBlank(raw, at, end)) return { fields, bodyFrom: line };
      problems.add("header-damaged");
      if (isBodyStart) return { fields, bodyFrom: at };
      continue;
    }
    line = afterFolds(raw, line, to, isResumed);
    if (line > keepUntil) problems.add("header-too-large");
    else if (fields.length >= MAX_HEADER_FIELDS) problems.add("too-many-fields");
    else
      fields.push({ name: raw.toString("latin1", at, colon).trimEnd(), value: unfold(raw.subarray(colon + 1, line)) });
  }
  return { fields, bodyFrom: to };
}

/** The values of every field of this name, in order. `name` is lower case. */
export function fieldValues(fields: readonly HeaderField[], name: string): string[] {
  return fields.filter((field) => field.name.toLowerCase() === name).map((field) => field.value);
}

/** The value of the first field of this name. `name` is lower case. */
export function fieldValue(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field.name.toLowerCase() === name)?.value;
}

const DASH = 0x2d;
const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;

/** Offset of the colon of `name:` or `name :`, or -1. Names are printable ASCII without space (RFC 5322 §2.2). */
function fieldColon(raw: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const byte = raw[at] as number;
    if (byte <= SPACE || byte >= 127 || byte === COLON) break;
    at++;
  }
  if (at === from) return -1;
  while (at < to && isSpace(raw[at])) at++;
  return raw[at] === COLON && at < to ? at : -1;
}

const knownField =
  /^(?:from|to|cc|bcc|sender|reply-to|subject|date|message-id|in-reply-to|references|return-path|received|delivered-to|mime-version|content-[a-z-]+|x-[a-z0-9-]+|dkim-signature|list-[a-z]+)$/;

/** Where the last line with a well-known field begins before the next empty line, or -1. */
function lastKnownField(raw: Buffer, from: number, to: number): number {
  let last = -1;
  for (let at = from; at < to; ) {
    const end = lineEnd(raw, at, to);
    if (end === at) break;
    const colon = fieldColon(raw, at, Math.min(end, at + 100)); // no known name is longer
    if (colon > 0 && knownField.test(raw.toString("latin1", at, colon).trimEnd().toLowerCase())) last = at;
    at = afterBreak(raw, end, to);
  }
  return last;
}

/** Moves over continuation lines: those that begin with white space and are not blank. */
function afterFolds(raw: Buffer, from: number, to: number, isResumed: (at: number) => boolean): number {
  let line = from;
  while (line < to && isSpace(raw[line])) {
    const end = lineEnd(raw, line, to);
    if (isBlank(raw, line, end) && !isResumed(line)) return line;
    line = afterBreak(raw, end, to);
  }
  return line;
}

/** An mbox line (`From `, `>From `) before the first field is no field. */
function skipEnvelopeLine(raw: Buffer, from: number, to: number): number {
  const start = raw.toString("latin1", from, Math.min(from + 6, to));
  if (!start.startsWith("From ") && start !== ">From ") return from;
  return afterBreak(raw, lineEnd(raw, from, to), to);
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function isBlank(raw: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isSpace(raw[at])) return false;
  return true;
}

function unfold(bytes: Buffer): string {
  return guessText(bytes)
    .replace(/[\r\n]+/g, "")
    .trim();
}
