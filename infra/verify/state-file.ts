import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Trouble } from "#shared/verify/finding.ts";
import { State } from "#shared/verify/state.ts";

/** The state of the runs before; `undefined` where the file is not there yet. @throws Trouble for a file that is no state */
export async function readState(path: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Trouble(`The state file ${path} can't be read. Make it readable, or name another with --state.`, {
      cause: error,
    });
  }
  const state = parseState(text);
  if (state === undefined) throw new Trouble(`${path} is no state file of candor-verify. Name another with --state.`);
  return state;
}

/** The state in a text, `undefined` where it is something else. */
function parseState(text: string): State | undefined {
  try {
    return State.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Replaces the file in one step, so that a killed run leaves the old one. */
export async function writeState(path: string, state: State): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}
