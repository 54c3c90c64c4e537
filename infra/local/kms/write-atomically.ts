import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Replaces a file so that a crash at any moment leaves the old content or the new one. On return it is on the disk.
 * What a crash left of an earlier attempt is thrown away. One writer at a time.
 */
export async function writeAtomically(file: string, content: string): Promise<void> {
  const unfinished = `${file}.tmp`;
  await rm(unfinished, { force: true });
  await using written = await open(unfinished, "wx", 0o600);
  await written.writeFile(content);
  await written.sync();
  await rename(unfinished, file);
  await using folder = await open(dirname(file), "r");
  await folder.sync();
}
