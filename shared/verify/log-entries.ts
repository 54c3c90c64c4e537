import { appendLeaves, type CompactRange, rangeRoot } from "#shared/ledger/compact-range.ts";
import { proveConsistency, verifyConsistency } from "#shared/ledger/consistency.ts";
import { proveInclusion, verifyInclusion } from "#shared/ledger/inclusion.ts";
import { leafHash, sameBytes } from "#shared/ledger/merkle.ts";
import { readPublicEntry } from "#shared/ledger/public-entry.ts";
import type { Node, ReadNodes } from "#shared/ledger/subtree.ts";
import { TILE_HEIGHT, TILE_WIDTH } from "#shared/ledger/tile.ts";
import { bundlePath, tilePath } from "#shared/ledger/tile-path.ts";
import { unlessMalformed } from "#shared/signing/malformed.ts";
import { Lie } from "./finding.ts";
import type { HeldCheckpoint } from "./log-checkpoint.ts";
import { siteEntries } from "./log-tiles.ts";
import type { ReadPath } from "./published.ts";
import type { KeyEntry, ReleaseEntry } from "./state.ts";

export interface EntriesRead {
  /** The tree of all entries read so far, in this run and before. */
  readonly range: CompactRange;
  /** Key changes among those read in this run, and what is said of releases. */
  readonly keyEntries: readonly KeyEntry[];
  readonly releaseEntries: readonly ReleaseEntry[];
}

export interface EntriesRequest {
  readonly read: ReadPath;
  readonly nodes: ReadNodes;
  readonly checkpoint: HeldCheckpoint;
  /** Where the run before stopped. */
  readonly from: CompactRange;
  /** Bundles of 256 entries to read at most. */
  readonly mostBundles: number;
  readonly onProgress: (done: number, size: number) => void;
}

/**
 * Reads every entry since last time, hashes it, and holds it against the tiles and, in the end, against the signed root.
 * Stops early at `mostBundles`; the next run goes on. @throws Lie
 */
export async function readEntries(request: EntriesRequest): Promise<EntriesRead> {
  const { checkpoint, mostBundles, onProgress } = request;
  const keyEntries: KeyEntry[] = [];
  const releaseEntries: ReleaseEntry[] = [];
  let range = request.from;
  for (let bundles = 0; range.size < checkpoint.size && bundles < mostBundles; bundles += 1) {
    const entries = await nextEntries(request, range.size);
    for (const [i, bytes] of entries.entries()) {
      const [entry, index] = [unlessMalformed(() => readPublicEntry(bytes)), range.size + i];
      if (entry?.kind === "key.added" || entry?.kind === "key.retired") keyEntries.push({ index, entry });
      // What is in no form known here is hashed like the rest.
      else if (entry !== undefined) releaseEntries.push({ index, entry });
    }
    range = await appendChecked(request, range, entries);
    onProgress(range.size, checkpoint.size);
  }
  await requireBeginning(range, request);
  return { range, keyEntries, releaseEntries };
}

async function nextEntries({ read, checkpoint }: EntriesRequest, start: number): Promise<Uint8Array[]> {
  const index = Math.floor(start / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, checkpoint.size - index * TILE_WIDTH);
  return (await siteEntries(read, { index, width })).slice(start - index * TILE_WIDTH);
}

/** Appends entries; each hash that this completes and a tile holds has to be the one in the tile. */
async function appendChecked(request: EntriesRequest, range: CompactRange, entries: readonly Uint8Array[]) {
  const made: { node: Node; hash: Uint8Array }[] = [];
  const grown = appendLeaves(range, entries.map(leafHash), (node, hash) => {
    if (node.height % TILE_HEIGHT === 0) made.push({ node, hash });
  });
  const inTiles = await request.nodes(made.map(({ node }) => node));
  const wrong = made.find(({ hash }, i) => !sameBytes(hash, inTiles[i] ?? new Uint8Array()));
  if (wrong !== undefined) throw await whichLies(request, wrong.node, wrong.hash);
  return grown;
}

/** Entry and tile differ: the one from which no path leads to the signed root is false. */
async function whichLies(
  { nodes, checkpoint }: EntriesRequest,
  { height, index }: Node,
  hash: Uint8Array,
): Promise<Lie> {
  const place = { index: Math.floor(index / TILE_WIDTH), width: TILE_WIDTH };
  const evidence = [checkpoint.note];
  if (height === 0) {
    const proof = await proveInclusion(index, checkpoint.size, nodes);
    const claim = { leafHash: hash, index, size: checkpoint.size, root: checkpoint.root, proof };
    if (!verifyInclusion(claim)) {
      return new Lie(
        "entry-altered",
        `Entry ${index} in ${bundlePath(place)} is not the one that was logged.`,
        evidence,
      );
    }
  }
  const tile = tilePath({ ...place, level: height / TILE_HEIGHT });
  return new Lie(
    "tile-altered",
    `${tile} does not hold the hash of what it stands for (hash ${index % TILE_WIDTH}).`,
    evidence,
  );
}

async function requireBeginning(range: CompactRange, { checkpoint, nodes }: EntriesRequest): Promise<void> {
  if (range.size === 0) return;
  const proof = await proveConsistency(range.size, checkpoint.size, nodes);
  const claim = { size1: range.size, root1: rangeRoot(range), size2: checkpoint.size, root2: checkpoint.root, proof };
  if (!verifyConsistency(claim)) {
    throw new Lie("entries-disagree", `The first ${range.size} entries are not what the checkpoint is signed for.`, [
      checkpoint.note,
    ]);
  }
}
