import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { writeAtomically } from "#infra/local/kms/write-atomically.ts";
import { StartFailure } from "#infra/local/start-failure.ts";
import { type HomeLock, lockHome } from "./home-lock.ts";

/** Raised when what lies in a home changes so that an older host can't read it. */
const format = 2;

const marker = z.object({
  format: z.int(),
  createdAt: z.iso.datetime(),
  /** False until the first start went through to its end. */
  complete: z.boolean(),
});

/** The folder that holds all state, with this process as its only user. */
export interface Home {
  readonly folder: string;
  /** True until `markComplete`: the first start has not gone through yet. */
  readonly isNew: boolean;
  readonly files: HomeFiles;
  markComplete(): Promise<void>;
  /** Writes `local.json`, readable by its owner alone. */
  publish(facts: object): Promise<void>;
  /** Removes `local.json` and lets the next host in. */
  release(): Promise<void>;
}

type HomeFiles = ReturnType<typeof filesIn>;

const filesIn = (folder: string) =>
  ({
    marker: join(folder, "home.json"),
    facts: join(folder, "local.json"),
    lock: join(folder, "lock"),
    keys: join(folder, "keys.json"),
    table: join(folder, "table.sqlite"),
    tableProcess: join(folder, "table.pid"),
    mailbox: join(folder, "mail.sqlite"),
    checkpoints: join(folder, "checkpoints.sqlite"),
    loginKey: join(folder, "login-key.json"),
    queues: join(folder, "queues"),
    objects: join(folder, "objects"),
  }) as const;

/** Where the facts of a running host stand. */
export const factsFileOf = (folder: string): string => filesIn(folder).facts;

/**
 * Opens a home or makes it. Throws `StartFailure` where another host uses it, or where what lies there is damaged, of another
 * version or not a home at all; nothing is changed then.
 */
export async function openHome(folder: string, now: Date): Promise<Home> {
  const files = filesIn(folder);
  const stored = readMarker(folder, files);
  await makeFolder(folder);
  const lock = await lockHome(files.lock, () => runningPid(files));
  try {
    if (stored?.complete) checkComplete(folder, files);
    checkDatabases(folder, files);
    const state = stored ?? { format, createdAt: now.toISOString(), complete: false };
    if (!stored) await writeAtomically(files.marker, JSON.stringify(state));
    return homeOf(folder, files, state, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function homeOf(folder: string, files: HomeFiles, state: z.infer<typeof marker>, lock: HomeLock): Home {
  return {
    folder,
    files,
    isNew: !state.complete,
    markComplete: () => writeAtomically(files.marker, JSON.stringify({ ...state, complete: true })),
    publish: (facts) => writeAtomically(files.facts, `${JSON.stringify(facts, null, 2)}\n`),
    async release() {
      await rm(files.facts, { force: true });
      lock.release();
    },
  };
}

/** What to do with a home that can't be used. */
const repair = (folder: string): string =>
  `Restore ${folder} from a copy, or move it away and start again with an empty one. Nothing was changed.`;

function readMarker(folder: string, files: HomeFiles): z.infer<typeof marker> | undefined {
  const text = readText(files.marker);
  if (text === undefined) {
    if (existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith("lock"))) {
      throw new StartFailure(
        `${folder} holds other files and is no home of Candor. Name another folder in CANDOR_HOME, or move its files away.`,
      );
    }
    return undefined;
  }
  const parsed = marker.safeParse(parseJson(text));
  if (!parsed.success) throw new StartFailure(`${files.marker} is damaged. ${repair(folder)}`);
  if (parsed.data.format !== format) {
    throw new StartFailure(
      `${folder} was made by another version of Candor (home format ${String(parsed.data.format)}, this one reads ${String(format)}). ` +
        "Start it with that version, or name another folder in CANDOR_HOME. Nothing was changed.",
    );
  }
  return parsed.data;
}

/** A home that was complete once and lost its keys or its table must not be filled up with new ones. */
function checkComplete(folder: string, files: HomeFiles): void {
  for (const file of [files.keys, files.loginKey]) {
    if (!existsSync(file)) throw new StartFailure(`${file} is missing. ${repair(folder)}`);
  }
}

function checkDatabases(folder: string, files: HomeFiles): void {
  for (const file of [files.table, files.mailbox, files.checkpoints, join(files.queues, "fauxqs.db")]) {
    const head = readHead(file, 16);
    if (head !== undefined && head.length > 0 && head.toString("latin1") !== "SQLite format 3\0") {
      throw new StartFailure(`${file} is not a database any more. ${repair(folder)}`);
    }
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartFailure(
      `The folder ${folder} can't be made or opened (${reason}). Name another one in CANDOR_HOME.`,
    );
  }
}

function runningPid(files: HomeFiles): number | undefined {
  const facts = z.object({ pid: z.int() }).safeParse(parseJson(readText(files.facts) ?? ""));
  return facts.data?.pid;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw new StartFailure(
      `${file} can't be read (${error instanceof Error ? error.message : String(error)}). Make it readable, or name another folder in CANDOR_HOME.`,
    );
  }
}

function readHead(file: string, length: number): Buffer | undefined {
  if (!existsSync(file)) return undefined;
  const descriptor = openSync(file, "r");
  try {
    const head = Buffer.alloc(length);
    return head.subarray(0, readSync(descriptor, head, 0, length, 0));
  } finally {
    closeSync(descriptor);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
