import { DatabaseSync } from "node:sqlite";
import { StartFailure } from "#infra/local/start-failure.ts";

export interface HomeLock {
  release(): void;
}

/**
 * Takes the lock that keeps a second host out of a home. It is the operating system's lock on an SQLite file, so it goes with
 * the process however that ends: there is no stale lock to clean up. Throws `StartFailure` where another process holds it.
 */
export async function lockHome(file: string, holder: () => number | undefined): Promise<HomeLock> {
  const database = new DatabaseSync(file);
  try {
    // A host that is just ending gets a moment.
    database.exec("PRAGMA busy_timeout = 500; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw new StartFailure(reason(file, error, holder()));
  }
  return { release: () => database.close() };
}

function reason(file: string, error: unknown, pid: number | undefined): string {
  const busy = error instanceof Error && "errcode" in error && error.errcode === 5;
  if (!busy) return `The lock ${file} is damaged. Remove that one file and start again.`;
  const who = pid === undefined ? "Another Candor" : `Another Candor (process ${String(pid)})`;
  return `${who} is using this home already. Stop it, or name another folder in CANDOR_HOME.`;
}
