import { proveConsistency, verifyConsistency } from "#shared/ledger/consistency.ts";
import { EMPTY_ROOT, sameBytes } from "#shared/ledger/merkle.ts";
import { type ReadNodes, readSpans } from "#shared/ledger/subtree.ts";
import { absent, type Finding, holds, Lie } from "./finding.ts";
import type { HeldCheckpoint } from "./log-checkpoint.ts";

/** The right edge of the tree, from its tiles, makes the signed root. @throws Lie */
export async function checkRoot(checkpoint: HeldCheckpoint, nodes: ReadNodes): Promise<Finding> {
  const [root = EMPTY_ROOT] = await readSpans([{ start: 0, end: checkpoint.size }], nodes);
  if (!sameBytes(root, checkpoint.root)) throw tilesDisagree(checkpoint);
  return holds("log root", `the tiles of ${checkpoint.size} entries hash to the signed root`);
}

/** The log of last time is how the log of now begins; the proof is made here, from the tiles. @throws Lie */
export async function checkGrowth(
  before: HeldCheckpoint | undefined,
  after: HeldCheckpoint,
  nodes: ReadNodes,
): Promise<Finding> {
  if (before === undefined) return absent("log growth", "first seen; the next run compares");
  await requireConsistency(before, after, nodes);
  const added = after.size - before.size;
  return holds("log growth", `${added} more entries after the ${before.size} of last time, which are unchanged`);
}

/** `nodes` are those of the larger tree. @throws Lie */
export async function requireConsistency(
  before: HeldCheckpoint,
  after: HeldCheckpoint,
  nodes: ReadNodes,
): Promise<void> {
  // A tree without leaves is how every tree begins.
  if (before.size === 0) return;
  const proof = await proveConsistency(before.size, after.size, nodes);
  const claim = { size1: before.size, root1: before.root, size2: after.size, root2: after.root, proof };
  if (verifyConsistency(claim)) return;
  // If the tiles lead to the signed root with their own beginning, it is the beginning that was exchanged; else it is the tiles.
  const [beginning = EMPTY_ROOT] = await readSpans([{ start: 0, end: before.size }], nodes);
  if (!verifyConsistency({ ...claim, root1: beginning })) throw tilesDisagree(after);
  const detail = `The log of ${after.size} entries does not begin with the ${before.size} that were signed before.`;
  throw new Lie("log-inconsistent", detail, [before.note, after.note]);
}

const tilesDisagree = ({ note }: HeldCheckpoint): Lie =>
  new Lie("tiles-disagree", "The tiles do not hash to the root that the checkpoint is signed for.", [note]);
