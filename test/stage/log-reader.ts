/** A log as an outsider reads it, by the words of C2SP signed-note, tlog-checkpoint and tlog-tiles and by nothing of ours. */
import { createHash, createPublicKey, verify } from "node:crypto";
import { treeHash } from "#test/shared/ledger/reference-tree.ts";

export interface OutsideView {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly entries: readonly Buffer[];
}

/** Reads a checkpoint. Throws unless the Ed25519 key (DER SubjectPublicKeyInfo) signed it under its origin. */
export function readCheckpoint(note: string, spki: Uint8Array): Omit<OutsideView, "entries"> {
  const [, text = "", name = "", encoded = ""] = /^([\s\S]+\n)\n\u2014 (\S+) (\S+)\n$/.exec(note) ?? [];
  const signed = Buffer.from(encoded, "base64");
  const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  const raw = Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
  const id = createHash("sha256").update(`${name}\n`).update(Buffer.of(1)).update(raw).digest().subarray(0, 4);
  if (!id.equals(signed.subarray(0, 4))) throw new Error("The note is signed by another key.");
  if (!verify(null, Buffer.from(text), key, signed.subarray(4))) throw new Error("The signature does not hold.");
  const [origin = "", size = "", root = ""] = text.split("\n");
  if (origin !== name) throw new Error("The key's name is not the origin.");
  return { origin, size: Number(size), root: Buffer.from(root, "base64") };
}

/** All entries of a log of this size, from its bundles. Throws unless they hash to the root, and the tiles to the entries. */
export async function readLog(
  { size, root }: { readonly size: number; readonly root: Buffer },
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<readonly Buffer[]> {
  const entries: Buffer[] = [];
  for (let start = 0; start < size; start += 256) {
    const place = placeOf(start / 256, Math.min(256, size - start));
    const bundle = Buffer.from((await read(`tile/entries/${place}`)) ?? []);
    for (let at = 0; at < bundle.length; ) {
      const end = at + 2 + bundle.readUInt16BE(at);
      entries.push(bundle.subarray(at + 2, end));
      at = end;
    }
    const leaves = entries.slice(start).map((entry) => treeHash([entry]));
    const tile = Buffer.from((await read(`tile/0/${place}`)) ?? []);
    if (!tile.equals(Buffer.concat(leaves))) throw new Error(`Tile tile/0/${place} is not made of its entries.`);
  }
  if (entries.length !== size) throw new Error(`The log shows ${String(entries.length)} of ${String(size)} entries.`);
  if (!treeHash(entries).equals(root)) throw new Error("The entries do not hash to the root.");
  return entries;
}

/** Indexes below 1,000 are enough for tests. */
const placeOf = (index: number, width: number): string =>
  `${String(index).padStart(3, "0")}${width === 256 ? "" : `.p/${String(width)}`}`;
