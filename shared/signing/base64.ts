import { Malformed } from "./malformed.ts";

/**
 * RFC 4648 §4 with padding, in its one canonical form: no line breaks, no stray bits, nothing left over.
 * @throws Malformed
 */
export const readBase64 = (text: string): Uint8Array => readCanonical(text, "base64");

/** RFC 4648 §5 without padding, canonical as above. @throws Malformed */
export const readBase64url = (text: string): Uint8Array => readCanonical(text, "base64url");

export const formatBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
export const formatBase64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

// Node's decoder skips what it does not know; writing the bytes again shows whether it skipped anything.
function readCanonical(text: string, encoding: "base64" | "base64url"): Uint8Array {
  const bytes = Buffer.from(text, encoding);
  if (bytes.toString(encoding) !== text) throw new Malformed(`Not canonical ${encoding}. Give it without line breaks.`);
  return Uint8Array.from(bytes);
}
