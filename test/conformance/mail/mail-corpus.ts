import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../../..");
const root = join(process.env["CANDOR_CONFORMANCE"] ?? join(repository, "../shared/conformance"), "mail");

/** Whether the collection of other people's messages is there. It is not part of the repository. */
export const hasMailCorpus = existsSync(join(root, "manifest.jsonl"));

/** Shown in the name of a suite that cannot run. */
export const corpusNote = hasMailCorpus
  ? ""
  : ` (skipped: no collection at ${root}; set CANDOR_CONFORMANCE to the folder that holds mail/)`;

export function corpusFile(path: string): Buffer {
  return readFileSync(join(root, path));
}

/** The rows of a JSON Lines file. */
export function corpusRows<Row>(path: string): Row[] {
  if (!hasMailCorpus) return [];
  const lines = corpusFile(path).toString("utf8").trim().split("\n");
  return lines.map((line): Row => JSON.parse(line));
}

/** Measures belong into the output of the run. */
export function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (!hasMailCorpus) report(`mail corpus${corpusNote}`);
