import { Malformed } from "#shared/signing/malformed.ts";

/** What is checked, in the order of the table. */
export type CheckName =
  | "keys"
  | "pinned keys"
  | "checkpoint"
  | "log root"
  | "log growth"
  | "log entries"
  | "key changes"
  | "security.txt"
  | "releases"
  | "advisories"
  | "other view"
  | "export format"
  | "export checkpoint"
  | "export entries";

/** Every lie that has a name. */
export type LieName =
  | "redirected"
  | "too-long"
  | "withdrawn"
  | "malformed"
  | "pem-disagrees"
  | "openpgp-disagrees"
  | "openpgp-expired"
  | "pinned-key-missing"
  | "key-vanished"
  | "key-rewritten"
  | "key-backdated"
  | "key-not-logged"
  | "key-hidden"
  | "key-overlap"
  | "checkpoint-origin"
  | "checkpoint-key"
  | "checkpoint-signature"
  | "log-rolled-back"
  | "log-forked"
  | "log-inconsistent"
  | "tiles-disagree"
  | "tile-missing"
  | "tile-malformed"
  | "tile-altered"
  | "entry-altered"
  | "entries-disagree"
  | "security-txt-signature"
  | "security-txt-key"
  | "security-txt-expired"
  | "security-txt-canonical"
  | "security-txt-fields"
  | "release-hidden"
  | "release-missing"
  | "release-rolled-back"
  | "release-rewritten"
  | "release-not-logged"
  | "release-body"
  | "release-signature"
  | "release-statement"
  | "release-key"
  | "release-proof"
  | "release-chain"
  | "release-old-shown"
  | "export-malformed"
  | "export-order"
  | "export-length"
  | "export-altered";

export type Finding =
  | { readonly check: CheckName; readonly result: "holds" | "absent" | "waits" | "skipped"; readonly detail: string }
  | {
      readonly check: CheckName;
      readonly result: "lie";
      readonly lie: LieName;
      readonly detail: string;
      /** Signed texts that together prove the lie to others. */
      readonly evidence: readonly string[];
    };

/** Thrown by a check when what was published contradicts itself, a pinned key, or what was seen before. */
export class Lie extends Error {
  override readonly name = "Lie";
  readonly lie: LieName;
  readonly evidence: readonly string[];

  constructor(lie: LieName, detail: string, evidence: readonly string[] = []) {
    super(detail);
    this.lie = lie;
    this.evidence = evidence;
  }
}

/** Something kept the check from being made: no lie is shown, and nothing is proven. The message says what to do next. */
export class Trouble extends Error {
  override readonly name = "Trouble";
}

export const holds = (check: CheckName, detail: string): Finding => ({ check, result: "holds", detail });
export const absent = (check: CheckName, detail = "not published yet"): Finding => ({
  check,
  result: "absent",
  detail,
});
export const waits = (check: CheckName, detail: string): Finding => ({ check, result: "waits", detail });

/** Makes one check: a thrown `Lie`, or what can't be read in its format, is its finding. */
export async function runCheck(check: CheckName, run: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Lie) {
      return { check, result: "lie", lie: error.lie, detail: error.message, evidence: error.evidence };
    }
    if (error instanceof Malformed) {
      return { check, result: "lie", lie: "malformed", detail: error.message, evidence: [] };
    }
    throw error;
  }
}
