import { createHash } from "node:crypto";
import { cleanFileName } from "./display.ts";
import { isEmbeddedMessage, type Part } from "./structure.ts";
import { decodePieces, type TransferEncoding } from "./transfer-encoding.ts";

export interface Attachment {
  /** From 1, in the order of the message. */
  readonly n: number;
  /** Cleaned for display and download; never empty. The raw message keeps what the sender wrote. */
  readonly fileName: string;
  /** What the sender claims, lower case. */
  readonly mediaType: string;
  readonly encoding: TransferEncoding;
  /** The still encoded bytes: `raw.subarray(from, to)`. */
  readonly from: number;
  readonly to: number;
  /** Bytes after decoding, and their SHA-256 in hex. */
  readonly size: number;
  readonly sha256: string;
  /** Meant to be shown inside the text (an image in HTML, for example). */
  readonly inline: boolean;
}

/** Every part that is not shown as text. The outermost embedded message is one as a whole, and so is each attachment in it. */
export function readAttachments(root: Part, raw: Buffer, bodies: ReadonlySet<Part>): Attachment[] {
  const parts = [...attachedParts(root, false)].filter((part) => !bodies.has(part));
  return parts.map((part, index) => readAttachment(part, raw, index + 1));
}

/** Embedded messages within embedded ones are not listed again: each level would be hashed once more. */
function* attachedParts(part: Part, isEmbedded: boolean): Generator<Part> {
  const isWhole = isEmbeddedMessage(part) && part.path !== "1";
  if (part.children.length === 0 || (isWhole && !isEmbedded)) yield part;
  for (const child of part.children) yield* attachedParts(child, isEmbedded || isWhole);
}

function readAttachment(part: Part, raw: Buffer, n: number): Attachment {
  const { mediaType, encoding, from, to } = part;
  const hash = createHash("sha256");
  let size = 0;
  for (const piece of decodePieces(encoding, raw.subarray(from, to))) {
    hash.update(piece);
    size += piece.length;
  }
  const inline = part.disposition !== "attachment" && (part.disposition === "inline" || part.contentId !== undefined);
  return { n, fileName: fileNameOf(part, n), mediaType, encoding, from, to, size, sha256: hash.digest("hex"), inline };
}

const extensions = new Map<string, string>([
  ["message/rfc822", "eml"],
  ["message/global", "eml"],
  ["text/plain", "txt"],
  ["text/html", "html"],
  ["text/calendar", "ics"],
  ["image/png", "png"],
  ["image/jpeg", "jpg"],
  ["image/gif", "gif"],
  ["application/pdf", "pdf"],
  ["application/pgp-signature", "asc"],
  ["application/pgp-keys", "asc"],
  ["message/delivery-status", "txt"],
]);

function fileNameOf(part: Part, n: number): string {
  const name = part.fileName === undefined ? "" : cleanFileName(part.fileName);
  return name === "" ? `attachment-${n}.${extensions.get(part.mediaType) ?? "bin"}` : name;
}
