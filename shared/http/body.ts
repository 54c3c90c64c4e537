/** The body of a request as JSON: bounded before it is read whole, and before anything walks through it. */
import { Failure } from "#shared/failure.ts";
import { invalid, pointer } from "./validate.ts";

/** What Lambda takes in one request, the base64 of binary bodies counted. */
export const largestBody = 6 * 1024 * 1024;
/** What an operation takes that says nothing else. */
export const usualBody = 1024 * 1024;
const deepest = 32;

/** The text of a body. @throws Failure `too-large`, or `invalid-request` for what is not UTF-8 */
export async function readBody(request: Request, atMost: number): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > atMost) throw tooLarge(atMost);
  // The length that a client states is its own claim: count what comes.
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.length;
    if (length > atMost) throw tooLarge(atMost);
    pieces.push(piece);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    throw notJson();
  }
}

/** @throws Failure `invalid-request` for what is no JSON or nests too deep, `invalid` where a text holds half a character */
export function parseJson(text: string): unknown {
  if (depthOf(text) > deepest)
    throw new Failure("invalid-request", `The body nests deeper than ${String(deepest)} levels. Nothing here does.`);
  const value = parsed(text);
  // Decoded UTF-8 has no lone surrogate; an escape can write one.
  const halves = /\\u[dD][89a-fA-F]/.test(text) ? [...halfCharacters(value, [])] : [];
  if (halves.length > 0)
    throw invalid(halves.map((path) => ({ pointer: pointer(path), detail: "must be valid Unicode" })));
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The cause is left out: a parser's message quotes what was sent.
    throw notJson();
  }
}

/** How deep brackets nest, those in strings left out. Looks at each character once. */
function depthOf(text: string): number {
  let [depth, most, inString] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === backslash) at++;
      else if (character === quote) inString = false;
    } else if (character === quote) inString = true;
    else if (character === openBrace || character === openBracket) most = Math.max(most, ++depth);
    else if (character === closeBrace || character === closeBracket) depth--;
  }
  return most;
}

const [quote, backslash] = [0x22, 0x5c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Where texts, or names of members, hold half of a surrogate pair. */
function* halfCharacters(value: unknown, path: readonly string[]): Generator<readonly string[]> {
  if (typeof value === "string" && !value.isWellFormed()) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name.isWellFormed()) yield* halfCharacters(inner, [...path, name]);
    else yield path;
  }
}

const tooLarge = (atMost: number): Failure =>
  new Failure(
    "too-large",
    `The body of this request has at most ${String(atMost)} bytes. Send less at a time, or a reference to what is large.`,
  );
const notJson = (): Failure => new Failure("invalid-request", "The body is not JSON in UTF-8.");
