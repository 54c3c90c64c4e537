import { createBase64Decoder } from "./base64.ts";
import type { ProblemSet } from "./problem.ts";
import { createQuotedPrintableDecoder } from "./quoted-printable.ts";
import { createUuDecoder } from "./uuencode.ts";

/** How a body was encoded for transport (RFC 2045 §6); `identity` is 7bit, 8bit and binary. */
export type TransferEncoding = "identity" | "base64" | "quoted-printable" | "uuencode";

/** Decodes a stream of chunks cut anywhere. What `write` and `end` return may share memory with the chunk, but not with each other. */
export interface TransferDecoder {
  write(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

const NOTHING = new Uint8Array(0);
const PIECE_BYTES = 64 * 1024;

const decoders = {
  identity: () => ({ write: (chunk: Uint8Array) => chunk, end: () => NOTHING }),
  base64: createBase64Decoder,
  "quoted-printable": createQuotedPrintableDecoder,
  uuencode: createUuDecoder,
} as const satisfies Record<TransferEncoding, () => TransferDecoder>;

const names = new Map<string, TransferEncoding>([
  ["", "identity"],
  ["7bit", "identity"],
  ["8bit", "identity"],
  ["binary", "identity"],
  ["base64", "base64"],
  ["quoted-printable", "quoted-printable"],
  ["x-uuencode", "uuencode"],
  ["uuencode", "uuencode"],
  ["x-uue", "uuencode"],
  ["uue", "uuencode"],
]);

/** The encoding that a Content-Transfer-Encoding value names. An unknown one is kept as it is and noted. */
export function encodingNamed(value: string | undefined, problems: ProblemSet): TransferEncoding {
  const name = (value ?? "")
    .slice(0, 200)
    .replace(/\(.*\)/, "")
    .replace(/;.*/s, "")
    .trim()
    .toLowerCase();
  const encoding = names.get(name);
  if (encoding === undefined) problems.add("bad-encoding");
  return encoding ?? "identity";
}

/** Decodes a whole body in pieces, so that only a piece at a time is in memory. */
export function* decodePieces(encoding: TransferEncoding, body: Uint8Array): Generator<Uint8Array> {
  const decoder = decoders[encoding]();
  for (let at = 0; at < body.length; at += PIECE_BYTES) yield decoder.write(body.subarray(at, at + PIECE_BYTES));
  yield decoder.end();
}

/** Decodes a whole body at once. */
export function decodeWhole(encoding: TransferEncoding, body: Uint8Array): Uint8Array {
  return encoding === "identity" ? body : Buffer.concat([...decodePieces(encoding, body)]);
}

/** Decodes a body that arrives in chunks, such as an attachment read in ranges from storage. Equal to `decodeWhole` for any cut. */
export async function* decodeTransfer(
  encoding: TransferEncoding,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const decoder = decoders[encoding]();
  for await (const chunk of chunks) {
    const decoded = decoder.write(chunk);
    if (decoded.length > 0) yield decoded;
  }
  const rest = decoder.end();
  if (rest.length > 0) yield rest;
}
