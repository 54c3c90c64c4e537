import { type Dirent, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const data = ".data";
const meta = ".meta.json";

/**
 * Removes what a killed host left half-done in fauxqs' folder, before fauxqs reads it: uploads in parts that nobody will finish,
 * and objects of which only one of their two files is there. None of them was answered with success, or its deletion was under way.
 * Left alone, they would keep raw mail in clear for ever, be listed without being readable, or stop the start.
 */
export function removeObjectLeftovers(folder: string): void {
  rmSync(join(folder, "_multipart"), { recursive: true, force: true });
  const buckets = join(folder, "buckets");
  if (!existsSync(buckets)) return;
  for (const bucket of readdirSync(buckets)) {
    const objects = join(buckets, bucket, "objects");
    if (existsSync(objects)) removeHalves(readdirSync(objects, { recursive: true, withFileTypes: true }));
  }
}

function removeHalves(entries: readonly Dirent[]): void {
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const there = new Set(files);
  for (const file of files) {
    const isMeta = file.endsWith(meta);
    const other = isMeta ? file.slice(0, -meta.length) + data : file.slice(0, -data.length) + meta;
    // fauxqs writes a description in one piece: a kill leaves it whole or empty.
    const isEmpty = isMeta && statSync(file).size === 0;
    if (there.has(other) && !isEmpty) continue;
    rmSync(file);
    if (isEmpty) rmSync(other, { force: true });
  }
}
