import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type Checkpoint, formatCheckpoint, type TrustedLog } from "#shared/ledger/checkpoint.ts";
import { formatNote, type NoteSignature, noteVerifier } from "#shared/signing/note.ts";
import { readSpki } from "#shared/signing/public-key.ts";

/** A log that signs with an Ed25519 key of its own. */
export class SignedLog {
  readonly trusted: TrustedLog;
  readonly #name: string;
  readonly #key: KeyObject;

  constructor(origin: string) {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    this.#name = origin;
    this.#key = privateKey;
    const key = readSpki(publicKey.export({ type: "spki", format: "der" }));
    this.trusted = { origin, verifiers: [noteVerifier(origin, key)] };
  }

  signature(text: string): NoteSignature {
    const keyId = this.trusted.verifiers[0]?.keyId ?? "";
    return { name: this.#name, keyId, signature: sign(null, Buffer.from(text), this.#key) };
  }

  checkpoint(checkpoint: Pick<Checkpoint, "size" | "root">): string {
    const text = formatCheckpoint({ ...checkpoint, origin: this.#name, extensions: [] });
    return formatNote(text, [this.signature(text)]);
  }
}
