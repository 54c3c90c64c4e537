import { appendLeaves, EMPTY_RANGE } from "#shared/ledger/compact-range.ts";
import { leafHash } from "#shared/ledger/merkle.ts";
import type { ReadNodes } from "#shared/ledger/subtree.ts";

/** Entries that differ, of different lengths. */
export function someEntries(count: number, seed = 0): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(`entry ${seed}.${i} ${"x".repeat((i * 7 + seed) % 90)}`));
}

/** Reads the nodes of a tree that is held in memory. */
export function nodesInMemory(entries: readonly Uint8Array[]): ReadNodes {
  const nodes = new Map<string, Uint8Array>();
  appendLeaves(EMPTY_RANGE, entries.map(leafHash), ({ height, index }, hash) => nodes.set(`${height}/${index}`, hash));
  return async (wanted) =>
    wanted.map(({ height, index }) => {
      const hash = nodes.get(`${height}/${index}`);
      if (hash === undefined) throw new Error(`no complete node ${index} at height ${height}`);
      return hash;
    });
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
