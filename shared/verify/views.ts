import type { ReadNodes } from "#shared/ledger/subtree.ts";
import { type Finding, holds, Lie, Trouble } from "./finding.ts";
import { type HeldCheckpoint, holdCheckpoint, logOfKey, requireSameRoot } from "./log-checkpoint.ts";
import { siteNodes } from "./log-tiles.ts";
import { requireConsistency } from "./log-tree.ts";
import type { ReadPath } from "./published.ts";
import type { RememberedLog } from "./state.ts";

export interface OtherView {
  /** What somebody else saw. */
  readonly other: RememberedLog;
  readonly vkey: string;
  readonly ours: HeldCheckpoint;
  readonly read: ReadPath;
  /** Of the tree of our checkpoint. */
  readonly nodes: ReadNodes;
}

/** Both saw the same log: one view is how the other begins. A log that shows everybody another one is caught here. @throws Lie */
export async function checkOtherView({ other, vkey, ours, read, nodes }: OtherView): Promise<Finding> {
  const theirs = holdOther(other, vkey, ours.note);
  requireSameRoot(theirs, ours);
  if (theirs.size <= ours.size) await requireConsistency(theirs, ours, nodes);
  else await requireConsistency(ours, theirs, siteNodes(read, theirs.size));
  return holds("other view", `${theirs.size} and ${ours.size} entries of one log`);
}

/**
 * Two state files without asking anyone: signed by one key, and at one size one root.
 * @throws Lie for a split view; Trouble where only the site's tiles can tell
 */
export function compareStates(one: RememberedLog, other: RememberedLog): Finding {
  const ours = holdCheckpoint(one.checkpoint, logOfKey(one.key));
  const theirs = holdOther(other, one.key, ours.note);
  requireSameRoot(ours, theirs);
  if (ours.size !== theirs.size) {
    throw new Trouble(
      `The views have ${ours.size} and ${theirs.size} entries. Give the site's address instead of the first file, with --state and --compare: its tiles tell whether one is how the other begins.`,
    );
  }
  return holds("other view", `both have the same root at ${ours.size} entries`);
}

/** Keys are pinned apart, so two of them for one log are a split view already. */
function holdOther(other: RememberedLog, vkey: string, note: string): HeldCheckpoint {
  const [theirs, ours] = [logOfKey(other.key).origin, logOfKey(vkey).origin];
  if (theirs !== ours)
    throw new Trouble(`The state files are of two logs, ${ours} and ${theirs}. Compare files of one log.`);
  if (other.key !== vkey) {
    throw new Lie("checkpoint-key", "The log showed another key to whoever has the other file.", [
      note,
      other.checkpoint,
    ]);
  }
  return holdCheckpoint(other.checkpoint, logOfKey(other.key));
}
