import { hash } from "node:crypto";
import { formatBase64, readBase64 } from "./base64.ts";
import { Malformed, unlessMalformed } from "./malformed.ts";
import type { PublicKey } from "./public-key.ts";
import { type Signer, sign } from "./signer.ts";
import { verifySignature } from "./verify-signature.ts";

/** C2SP signed-note: text under one or more signatures. */
export interface Note {
  /** Ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  /** The key's name: not empty, no white space, no `+`. */
  readonly name: string;
  /** Eight hexadecimal digits. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** A key whose word counts. Others may sign the same note; they are passed over. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: string;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** The least that the specification lets a reader stop at. */
const mostNoteSignatures = 16;

/** @throws Malformed for a text or name that no reader would take, or more than 16 signatures */
export function formatNote(text: string, signatures: readonly NoteSignature[]): string {
  requireText(text);
  if (signatures.length === 0 || signatures.length > mostNoteSignatures)
    throw new Malformed(`A note has between 1 and ${mostNoteSignatures} signatures.`);
  return `${text}\n${signatures.map(formatSignature).join("")}`;
}

function formatSignature({ name, keyId, signature }: NoteSignature): string {
  requireName(name);
  if (!/^[0-9a-f]{8}$/.test(keyId) || signature.length === 0)
    throw new Malformed("A note signature has a key id and bytes.");
  return `\u2014 ${name} ${formatBase64(Buffer.concat([Buffer.from(keyId, "hex"), signature]))}\n`;
}

/** Undoes `formatNote`, byte for byte. Checks no signature: use `verifyNote` before believing the text. @throws Malformed */
export function parseNote(note: string): Note {
  const split = note.lastIndexOf("\n\n") + 1;
  const text = note.slice(0, split);
  requireText(text);
  const lines = note.slice(split + 1).split("\n");
  if (lines.pop() !== "" || lines.length === 0 || lines.length > mostNoteSignatures)
    throw new Malformed(`A note ends with 1 to ${mostNoteSignatures} signature lines.`);
  return { text, signatures: lines.map(readSignature) };
}

function readSignature(line: string): NoteSignature {
  const [dash, name = "", encoded = "", ...rest] = line.split(" ");
  requireName(name);
  const bytes = readBase64(encoded);
  if (dash !== "\u2014" || rest.length > 0 || bytes.length < 5)
    throw new Malformed("A line of the note is no signature.");
  return { name, keyId: Buffer.from(bytes.subarray(0, 4)).toString("hex"), signature: bytes.subarray(4) };
}

/**
 * The text of a note, and which of the verifiers stand behind it (by name, at least one), else `undefined`. One wrong signature under
 * the name and id of a verifier spoils the note, as the specification advises.
 */
export function verifyNote(
  note: string,
  verifiers: readonly NoteVerifier[],
): { readonly text: string; readonly verifiedBy: readonly string[] } | undefined {
  const parsed = unlessMalformed(() => parseNote(note));
  if (parsed === undefined) return undefined;
  const message = Buffer.from(parsed.text);
  const known = parsed.signatures.flatMap(({ name, keyId, signature }) =>
    verifiers
      .filter((verifier) => verifier.name === name && verifier.keyId === keyId)
      .map((verifier) => ({ name, holds: verifier.verify(message, signature) })),
  );
  if (known.length === 0 || known.some(({ holds }) => !holds)) return undefined;
  return { text: parsed.text, verifiedBy: [...new Set(known.map(({ name }) => name))] };
}

/** Signs the text under a name; other signatures may stand beside it. One KMS call. @throws Malformed */
export async function signNote(text: string, name: string, signer: Signer): Promise<NoteSignature> {
  requireText(text);
  requireName(name);
  const signature = await sign(signer, Buffer.from(text));
  return { name, keyId: noteKeyId(name, signer.publicKey), signature };
}

/** Signature types: Ed25519, and ECDSA as DER over SHA-256. */
export const noteTypes = { Ed25519: 0x01, ES256: 0x02 } as const;

/** Eight hexadecimal digits that tell keys of a name apart. An ECDSA key's does not depend on the name. */
export function noteKeyId(name: string, key: PublicKey): string {
  const prefix = Buffer.from(`${name}\n`);
  const hashed =
    key.algorithm === "ES256" ? key.spki : Buffer.concat([prefix, Uint8Array.of(noteTypes.Ed25519), key.raw]);
  return hash("sha256", hashed).slice(0, 8);
}

export function noteVerifier(name: string, key: PublicKey): NoteVerifier {
  requireName(name);
  return {
    name,
    keyId: noteKeyId(name, key),
    verify: (message, signature) => verifySignature(key, message, signature),
  };
}

/** Names go between spaces, and before a `+` in a verifier key. */
function requireName(name: string): void {
  if (name === "" || !isPlain(name) || /[\p{White_Space}+]/u.test(name))
    throw new Malformed("The name of a note's key is not empty and has no white space and no plus.");
}

function requireText(text: string): void {
  if (!text.endsWith("\n") || !isPlain(text.replaceAll("\n", "")))
    throw new Malformed("A note's text ends with a line feed and has no other control character.");
}

/** Well-formed Unicode without ASCII control characters below space. */
function isPlain(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.isWellFormed() && !/[\x00-\x1f]/.test(text);
}
