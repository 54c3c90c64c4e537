#!/usr/bin/env node
/** `candor-verify`: checks a trust center from outside, or an audit export offline. Believes pinned keys and nothing else. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Arguments, readArguments, siteOf } from "#infra/verify/arguments.ts";
import { exportLines } from "#infra/verify/export-lines.ts";
import { siteReader } from "#infra/verify/site-reader.ts";
import { readState, writeState } from "#infra/verify/state-file.ts";
import { formatTable } from "#infra/verify/table.ts";
import { Malformed } from "#shared/signing/malformed.ts";
import { verifyExport } from "#shared/verify/audit-export.ts";
import { type Finding, runCheck, Trouble } from "#shared/verify/finding.ts";
import { type Pin, parsePin } from "#shared/verify/pins.ts";
import { verifySite } from "#shared/verify/site.ts";
import type { State } from "#shared/verify/state.ts";
import { compareStates } from "#shared/verify/views.ts";

/** A million log entries a run; a longer log is read in several. */
const mostBundles = 4096;
const timeoutMs = 15_000;

try {
  const given = readArguments(process.argv.slice(2));
  const findings = await verify(given);
  process.stdout.write(given.json ? `${JSON.stringify({ findings }, undefined, 2)}\n` : formatTable(findings));
  process.exitCode = findings.some(({ result }) => result === "lie") ? 1 : 0;
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function verify(given: Arguments): Promise<readonly Finding[]> {
  const site = siteOf(given.target);
  const pins = await Promise.all(given.keys.map(readPin));
  if (site) return await verifyAddress(site, pins, given);
  if (!existsSync(given.target)) {
    throw new Trouble(`${given.target} is no file, and no address that begins with http:// or https://.`);
  }
  return given.compare === undefined
    ? await verifyExportFile(pins, given)
    : [await compareFiles(given.target, given.compare)];
}

async function verifyAddress(site: URL, pins: readonly Pin[], given: Arguments): Promise<readonly Finding[]> {
  const path = given.state ?? defaultStateFile(site);
  const other = given.compare === undefined ? undefined : await requireState(given.compare);
  const { findings, state } = await verifySite({
    site,
    read: siteReader(site, { timeoutMs }),
    state: await readState(path),
    pins,
    other,
    now: new Date(),
    mostBundles,
    onProgress: showProgress,
  });
  if (state) await writeState(path, state);
  return findings;
}

/** Where programs keep what they learnt (XDG Base Directory): outside every checkout. */
function defaultStateFile({ host }: URL): string {
  const states = process.env["XDG_STATE_HOME"] || join(homedir(), ".local", "state");
  return join(states, "candor-verify", `${host.replaceAll(/[^a-z0-9.-]/g, "_")}.json`);
}

async function verifyExportFile(pins: readonly Pin[], given: Arguments): Promise<readonly Finding[]> {
  const state = given.state === undefined ? undefined : await requireState(given.state);
  const vkey = pins.find((pin) => pin.kind === "log")?.vkey ?? state?.log?.key;
  if (vkey === undefined) {
    throw new Trouble(
      "An export is checked under the log's key. Give it with --key, or a --state file that knows the site.",
    );
  }
  const known = state?.audit ?? {};
  const { findings, checkpoint } = await verifyExport({ lines: exportLines(given.target), vkey, known });
  if (state && given.state !== undefined && checkpoint) {
    await writeState(given.state, { ...state, audit: { ...known, [checkpoint.origin]: checkpoint.note } });
  }
  return findings;
}

async function compareFiles(one: string, other: string): Promise<Finding> {
  const [ours, theirs] = [(await requireState(one)).log, (await requireState(other)).log];
  if (!ours || !theirs)
    throw new Trouble("One of the two files has seen no log yet. Run candor-verify on its site first.");
  return await runCheck("other view", () => compareStates(ours, theirs));
}

async function requireState(path: string): Promise<State> {
  const state = await readState(path);
  if (state === undefined) throw new Trouble(`There is no state file ${path}.`);
  return state;
}

/** A key as a file, or as it is. */
async function readPin(given: string): Promise<Pin> {
  try {
    return parsePin(existsSync(given) ? await readFile(given, "utf8") : given);
  } catch (error) {
    if (error instanceof Malformed) throw new Trouble(`--key ${given}: ${error.message}`);
    throw error;
  }
}

/** On a terminal alone, and over itself. */
function showProgress(done: number, size: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${done} of ${size} log entries${done === size ? "\n" : ""}`);
}
