import { formatBase64, readBase64 } from "./base64.ts";
import { Malformed } from "./malformed.ts";
import { type NoteVerifier, noteKeyId, noteTypes, noteVerifier } from "./note.ts";
import { type PublicKey, readRawKey, readSpki } from "./public-key.ts";

/** The text form of a verifier's key ("vkey"): `<name>+<key id>+<base64 of type and key>`. An ECDSA key stands there as SPKI. */
export function formatNoteKey(name: string, key: PublicKey): string {
  const { keyId } = noteVerifier(name, key);
  const encoded = key.algorithm === "ES256" ? key.spki : key.raw;
  return `${name}+${keyId}+${formatBase64(Buffer.concat([Uint8Array.of(noteTypes[key.algorithm]), encoded]))}`;
}

/** Undoes `formatNoteKey`. @throws Malformed for another type of key, or an id that is not the key's */
export function parseNoteKey(text: string): NoteVerifier & { readonly publicKey: PublicKey } {
  const [, name = "", keyId, encoded = ""] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? [];
  const [type, ...rest] = readBase64(encoded);
  const publicKey = readKey(type, Uint8Array.from(rest));
  if (noteKeyId(name, publicKey) !== keyId) throw new Malformed("The id in the verifier key is not that of its key.");
  return { ...noteVerifier(name, publicKey), publicKey };
}

function readKey(type: number | undefined, encoded: Uint8Array): PublicKey {
  const key = type === noteTypes.Ed25519 ? readRawKey("Ed25519", encoded) : readSpki(encoded);
  if (type !== noteTypes[key.algorithm]) throw new Malformed("The verifier key is of a type that is not read here.");
  return key;
}
