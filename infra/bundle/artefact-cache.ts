import { hash } from "node:crypto";
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

export interface CachedArtefact {
  readonly folder: string;
  readonly file: string;
  readonly bytes: number;
  readonly digest: string;
}

const remembered = z.strictObject({
  key: z.string(),
  artefact: z.strictObject({ folder: z.string(), file: z.string(), bytes: z.number(), digest: z.string() }),
  inputs: z.record(z.string(), z.string()),
});

/** Tells whether a file is still what it was. */
export type Stamps = (path: string) => string;

/** Stamps of files below `root`, each read once: the digest of our own sources, size and time of a package's files. */
export function stampsOf(root: string): Stamps {
  const known = new Map<string, string>();
  return (path) => {
    const stamp = known.get(path) ?? stampOf(join(root, path), path);
    known.set(path, stamp);
    return stamp;
  };
}

function stampOf(file: string, path: string): string {
  if (!path.startsWith("node_modules/")) return existsSync(file) ? digestOf(readFileSync(file)) : "gone";
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? `${String(stats.size)} ${String(stats.mtimeMs)}` : "gone";
}

/** SHA-256 over parts, in hexadecimal. */
export function digestOf(...parts: readonly (Uint8Array | string)[]): string {
  return hash("sha256", Buffer.concat(parts.map((part) => Buffer.from(part))));
}

/** The artefact made of the same inputs by the same recipe, where there is one. */
export function findArtefact(cache: string, door: string, key: string, stamps: Stamps): CachedArtefact | undefined {
  const file = join(cache, `${door}.json`);
  if (!existsSync(file)) return undefined;
  const { success, data } = remembered.safeParse(parse(readFileSync(file, "utf8")));
  if (!success || data.key !== key || !existsSync(data.artefact.file)) return undefined;
  const same = Object.entries(data.inputs).every(([path, stamp]) => stamps(path) === stamp);
  return same ? data.artefact : undefined;
}

export function rememberArtefact(
  cache: string,
  door: string,
  key: string,
  artefact: CachedArtefact,
  paths: readonly string[],
  stamps: Stamps,
): void {
  const inputs = Object.fromEntries(paths.map((path) => [path, stamps(path)]));
  const file = join(cache, `${door}.json`);
  const unfinished = `${file}.${String(process.pid)}.tmp`;
  writeFileSync(unfinished, JSON.stringify({ key, artefact, inputs } satisfies z.infer<typeof remembered>));
  renameSync(unfinished, file);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
