/** The formats that can be read, and what reads each. */
import { importAuditToml, importDenyToml } from "./cargo-ignores.ts";
import { type Collector, type Imported, newCollector } from "./imported.ts";
import { importTrivyIgnore } from "./trivy-ignores.ts";
import { importTrivyYaml } from "./trivy-yaml-ignores.ts";

type Reader = (collector: Collector, text: string, file: string | undefined) => void;

const readers = {
  "deny.toml": importDenyToml,
  "audit.toml": importAuditToml,
  ".trivyignore": importTrivyIgnore,
  ".trivyignore.yaml": importTrivyYaml,
} as const satisfies Readonly<Record<string, Reader>>;

export type ImportFormat = keyof typeof readers;
export const importFormats = Object.keys(readers) as readonly ImportFormat[];

/** Characters that a file has at most. */
export const longestFile = 1_000_000;

/**
 * Items of a posture as far as a file says them, and what of it found no place. Nothing is added: no label, day or promise that
 * the file lacks. `file`: where it stands in the source. @throws Failure `invalid` for what is not of the format, or too much
 */
export function importFile(format: ImportFormat, text: string, file?: string): Imported {
  const collector = newCollector();
  readers[format](collector, text, file);
  return collector.imported;
}
