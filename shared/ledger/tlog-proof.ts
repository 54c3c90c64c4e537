import { formatBase64, readBase64 } from "#shared/signing/base64.ts";
import { Malformed, unlessMalformed } from "#shared/signing/malformed.ts";
import { parseNote } from "#shared/signing/note.ts";
import { type Checkpoint, openCheckpoint, parseCheckpoint, type TrustedLog } from "./checkpoint.ts";
import { readDecimal } from "./decimal.ts";
import { verifyInclusion } from "./inclusion.ts";
import { areHashes, HASH_LENGTH, isCount, leafHash } from "./merkle.ts";

/** A proof that stands alone, as a file: an entry of a log can be checked against it without asking anyone (C2SP tlog-proof). */
export interface TlogProof {
  readonly index: number;
  /** The inclusion proof, from the leaf's sibling up to the root's child. */
  readonly proof: readonly Uint8Array[];
  /** The signed note, as the log published it. */
  readonly checkpoint: string;
  /** Bytes that travel along. Nothing vouches for them. */
  readonly extra?: Uint8Array;
}

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
// A tree with more leaves than a double counts has no longer proofs.
const LONGEST_PROOF = 53;

/** The text of a `.tlog-proof` file. @throws Malformed */
export function formatTlogProof({ index, proof, checkpoint, extra }: TlogProof): string {
  if (!isCount(index)) throw new Malformed(`No entry of a log is at index ${index}.`);
  requireProof(proof);
  requireCheckpoint(checkpoint);
  const extraLine = extra === undefined ? [] : [`extra ${formatBase64(extra)}`];
  const lines = [FIRST_LINE, ...extraLine, `index ${index}`, ...proof.map(formatBase64), "", checkpoint];
  return lines.join("\n");
}

/** Undoes formatTlogProof, byte for byte. Checks no signature and no hash: use openTlogProof for that. @throws Malformed */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf("\n\n");
  if (end === -1) throw new Malformed("A proof and its checkpoint are separated by an empty line.");
  const [first, ...lines] = text.slice(0, end).split("\n");
  if (first !== FIRST_LINE) throw new Malformed(`A proof starts with the line ${FIRST_LINE}.`);
  const extra = lines[0]?.startsWith("extra ") ? readField("extra", lines.shift()) : undefined;
  const index = readDecimal(readField("index", lines.shift()));
  if (lines.length > LONGEST_PROOF) throw new Malformed(`A proof has at most ${LONGEST_PROOF} hashes.`);
  const proof = lines.map(readBase64);
  requireProof(proof);
  const checkpoint = text.slice(end + 2);
  requireCheckpoint(checkpoint);
  return { index, proof, checkpoint, ...(extra === undefined ? {} : { extra: readBase64(extra) }) };
}

/** The checkpoint under which a proof shows that this entry is in this log, or undefined where it shows no such thing. */
export function openTlogProof(text: string, entry: Uint8Array, log: TrustedLog): Checkpoint | undefined {
  const parsed = unlessMalformed(() => parseTlogProof(text));
  const checkpoint = parsed && openCheckpoint(parsed.checkpoint, log);
  if (parsed === undefined || checkpoint === undefined) return undefined;
  const { index, proof } = parsed;
  return verifyInclusion({ leafHash: leafHash(entry), index, proof, ...checkpoint }) ? checkpoint : undefined;
}

function readField(name: string, line = ""): string {
  if (!line.startsWith(`${name} `)) throw new Malformed(`A proof has a line that starts with "${name} ".`);
  return line.slice(name.length + 1);
}

function requireProof(proof: readonly Uint8Array[]): void {
  if (!areHashes(proof)) throw new Malformed(`Every hash of a proof has ${HASH_LENGTH} bytes.`);
}

function requireCheckpoint(note: string): void {
  parseCheckpoint(parseNote(note).text);
}
