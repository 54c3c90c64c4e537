import { type Checkpoint, openCheckpoint, parseCheckpoint, type TrustedLog } from "#shared/ledger/checkpoint.ts";
import { sameBytes } from "#shared/ledger/merkle.ts";
import { formatBase64 } from "#shared/signing/base64.ts";
import { parseNote } from "#shared/signing/note.ts";
import { formatNoteKey, parseNoteKey } from "#shared/signing/note-key.ts";
import type { PublicKey } from "#shared/signing/public-key.ts";
import { Lie } from "./finding.ts";

/** A checkpoint that its log stands behind, with the text that proves it. */
export interface HeldCheckpoint extends Checkpoint {
  readonly note: string;
}

/** The log that a verifier key is of. The key's name is the log's origin. @throws Malformed */
export function logOfKey(vkey: string): TrustedLog & { readonly publicKey: PublicKey } {
  const verifier = parseNoteKey(vkey);
  return { origin: verifier.name, verifiers: [verifier], publicKey: verifier.publicKey };
}

/** The key among these that signed a checkpoint first seen, as a verifier key. @throws Lie where none did; Malformed */
export function pinLogKey(note: string, keys: readonly PublicKey[]): string {
  const { origin } = parseCheckpoint(parseNote(note).text);
  const candidates = keys.filter(({ algorithm }) => algorithm === "Ed25519").map((key) => formatNoteKey(origin, key));
  const signed = candidates.find((vkey) => openCheckpoint(note, logOfKey(vkey)) !== undefined);
  if (signed === undefined) {
    throw new Lie("checkpoint-key", "The checkpoint is not signed by an Ed25519 key of the site's JWKS.", [note]);
  }
  return signed;
}

/** The checkpoint in a note. @throws Lie unless it is of this log and signed by its key; Malformed */
export function holdCheckpoint(note: string, log: TrustedLog): HeldCheckpoint {
  const { text, signatures } = parseNote(note);
  const { origin } = parseCheckpoint(text);
  if (origin !== log.origin) {
    throw new Lie("checkpoint-origin", `The checkpoint is of the log ${origin}, not of ${log.origin}.`, [note]);
  }
  const ours = signatures.some(({ name, keyId }) =>
    log.verifiers.some((verifier) => verifier.name === name && verifier.keyId === keyId),
  );
  if (!ours) throw new Lie("checkpoint-key", "The checkpoint is not signed by the log's pinned key.", [note]);
  const checkpoint = openCheckpoint(note, log);
  if (checkpoint === undefined) {
    throw new Lie("checkpoint-signature", "The signature under the checkpoint does not hold.", [note]);
  }
  return { ...checkpoint, note };
}

/** A log only grows, and has one root at each size. @throws Lie with both signed checkpoints as evidence */
export function requireNoRetreat(before: HeldCheckpoint, after: HeldCheckpoint): void {
  const evidence = [before.note, after.note];
  if (after.size < before.size) {
    throw new Lie("log-rolled-back", `The log had ${before.size} entries and now shows ${after.size}.`, evidence);
  }
  requireSameRoot(before, after);
}

/** @throws Lie where two checkpoints of one size have different roots */
export function requireSameRoot(one: HeldCheckpoint, other: HeldCheckpoint): void {
  if (one.size !== other.size || sameBytes(one.root, other.root)) return;
  const roots = `${formatBase64(one.root)} and ${formatBase64(other.root)}`;
  throw new Lie("log-forked", `Two roots were signed for ${one.size} entries: ${roots}.`, [one.note, other.note]);
}
