import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../../..");
const root = join(process.env["CANDOR_CONFORMANCE"] ?? join(repository, "../shared/conformance"), "attestations");

/** Whether other people's vectors are there. They are not part of the repository. */
export const hasAttestationData = existsSync(join(root, "NOTICE.md"));

/** Shown in the name of a suite that cannot run. */
export const dataNote = hasAttestationData
  ? ""
  : ` (skipped: no vectors at ${root}; set CANDOR_CONFORMANCE to the folder that holds attestations/)`;

/** A JSON file of the collection; `fallback` where there is no collection. */
export function readVectors<Value>(path: string, fallback: Value): Value {
  return hasAttestationData ? JSON.parse(readFileSync(join(root, path), "utf8")) : fallback;
}

/** Counts belong into the output of the run. */
export function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (!hasAttestationData) report(`ledger vectors${dataNote}`);
