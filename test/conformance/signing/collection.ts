import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../../..");
const root = join(process.env["CANDOR_CONFORMANCE"] ?? join(repository, "../shared/conformance"), "attestations");

/** Whether the collection of other people's vectors is there. It is not part of the repository. */
export const hasCollection = existsSync(join(root, "wycheproof"));

/** Shown in the name of a suite that cannot run. */
export const collectionNote = hasCollection
  ? ""
  : ` (skipped: no collection at ${root}; set CANDOR_CONFORMANCE to the folder that holds attestations/)`;

/** A JSON file of the collection, or the other value where there is no collection. */
export function collected<Content>(path: string, otherwise: Content): Content {
  return hasCollection ? JSON.parse(readFileSync(join(root, path), "utf8")) : otherwise;
}

/** Measures belong into the output of the run. */
export function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (!hasCollection) report(`signing vectors${collectionNote}`);
