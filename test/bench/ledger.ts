/** What a log costs beyond its hashes: appending leaves, and an inclusion proof in a large tree. */
import { hash, randomBytes } from "node:crypto";
import { appendLeaves, EMPTY_RANGE, rangeRoot } from "#shared/ledger/compact-range.ts";
import { proveInclusion, verifyInclusion } from "#shared/ledger/inclusion.ts";
import { leafHash } from "#shared/ledger/merkle.ts";
import { encodeTile, TILE_HEIGHT } from "#shared/ledger/tile.ts";
import { tilePath } from "#shared/ledger/tile-path.ts";
import { nodesFromTiles } from "#shared/ledger/tile-reader.ts";
import { formatTlogProof } from "#shared/ledger/tlog-proof.ts";
import { type Outcome, spreadOf } from "./outcome.ts";
import { inTurns } from "./rounds.ts";

/** Bytes of an audit entry. */
const entryBytes = 32;
const treeLeaves = 1_000_000;

export async function benchLedger(quick: boolean, say: (line: string) => void): Promise<Outcome[]> {
  return [await benchAppend(quick, say), await benchProof(quick, say)];
}

/** Leaves a second through the tree, as a part of what the hashes alone would allow: two a leaf, of the same lengths. */
async function benchAppend(quick: boolean, say: (line: string) => void): Promise<Outcome> {
  const leaves = quick ? 50_000 : 200_000;
  const entries = Array.from({ length: leaves }, () => randomBytes(entryBytes));
  const [leafInput, nodeInput] = [randomBytes(1 + entryBytes), randomBytes(65)];
  const append = () => void appendLeaves(EMPTY_RANGE, entries.map(leafHash));
  const bare = (form: "buffer" | "binary") => () => {
    for (let i = 0; i < leaves; i++) {
      hash("sha256", leafInput, form);
      hash("sha256", nodeInput, form);
    }
  };
  // As bytes, which the next hash is made of; as text beside it, which is its quickest form and of no use to a tree.
  const contestants = Object.entries({ append, bare: bare("buffer"), text: bare("binary") }).map(([name, run]) => ({
    name,
    measure: async () => timed(run),
  }));
  const cpu = process.cpuUsage();
  const results = await inTurns(contestants, { rounds: quick ? 4 : 12, milliseconds: 60_000 }, say);
  const [ours = [], theirs = [], asText = []] = ["append", "bare", "text"].map((name) => results.get(name));
  const toText = spreadOf(ours.map((ms, round) => (asText[round] ?? Number.NaN) / ms)).median.toFixed(2);
  const perSecond = Math.round((leaves / spreadOf(ours).median) * 1000);
  return {
    bench: "ledger",
    goal: "leaves appended against bare crypto.hash as bytes, at least 0.7",
    measured: spreadOf(ours.map((ms, round) => (theirs[round] ?? Number.NaN) / ms)),
    atLeast: 0.7,
    unit: "",
    cpu: cpuSince(cpu),
    context: `${String(perSecond)} leaves a second, ${String(leaves)} a round; ${toText} of hashes as text`,
  };
}

/** The proof of one leaf among a million, from tiles as they are stored; each with a cache of its own. */
async function benchProof(quick: boolean, say: (line: string) => void): Promise<Outcome> {
  const { tiles, root, leafAt } = largeTree();
  say(`tree of ${String(treeLeaves)} leaves in ${String(tiles.size)} tiles`);
  const cpu = process.cpuUsage();
  const took: number[] = [];
  let bytes = 0;
  for (let round = 0; round < (quick ? 20 : 200); round++) {
    const index = Math.floor((treeLeaves / 7) * (round % 7)) + round;
    const read = nodesFromTiles(treeLeaves, async (tile) => tiles.get(tilePath(tile)) ?? new Uint8Array());
    const began = performance.now();
    const proof = await proveInclusion(index, treeLeaves, read);
    took.push(performance.now() - began);
    if (!verifyInclusion({ leafHash: leafAt(index), index, size: treeLeaves, root, proof }))
      throw new Error("A proof does not hold.");
    bytes = formatTlogProof({ index, proof, checkpoint: noteOf(root) }).length;
  }
  return {
    bench: "ledger",
    goal: `inclusion proof at ${String(treeLeaves)} leaves, at most 20 ms`,
    measured: spreadOf(took),
    atMost: 20,
    unit: "ms",
    cpu: cpuSince(cpu),
    context: `${String(bytes)} bytes as a tlog-proof file, tiles in memory`,
  };
}

function largeTree() {
  const leafAt = (index: number): Uint8Array => leafHash(Buffer.from(`leaf ${String(index)}`));
  const held = new Map<string, Uint8Array[]>();
  const leaves = (function* () {
    for (let index = 0; index < treeLeaves; index++) yield leafAt(index);
  })();
  const range = appendLeaves(EMPTY_RANGE, leaves, ({ height, index }, nodeHash) => {
    if (height % TILE_HEIGHT !== 0) return;
    const place = `${String(height / TILE_HEIGHT)} ${String(Math.floor(index / 256))}`;
    const hashes = held.get(place);
    if (hashes) hashes.push(nodeHash);
    else held.set(place, [nodeHash]);
  });
  const tiles = new Map(
    [...held].map(([place, hashes]) => {
      const [level = 0, index = 0] = place.split(" ").map(Number);
      return [tilePath({ level, index, width: hashes.length }), encodeTile(hashes)] as const;
    }),
  );
  return { tiles, root: rangeRoot(range), leafAt };
}

/** A checkpoint of the usual length; its signature is never looked at here. */
function noteOf(root: Uint8Array): string {
  const signature = Buffer.alloc(68, 1).toString("base64");
  const text = `log.example/ledger\n${String(treeLeaves)}\n${Buffer.from(root).toString("base64")}\n`;
  return `${text}\n\u2014 log.example/ledger ${signature}\n`;
}

function timed(run: () => void): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}

function cpuSince(before: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(before);
  return `${((user + system) / 1_000_000).toFixed(1)} s`;
}
