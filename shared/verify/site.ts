import { type CompactRange, decodeRange, EMPTY_RANGE, encodeRange } from "#shared/ledger/compact-range.ts";
import type { ReadNodes } from "#shared/ledger/subtree.ts";
import { formatBase64, readBase64 } from "#shared/signing/base64.ts";
import { readCertificate } from "#shared/signing/openpgp/certificate.ts";
import { keyThumbprint } from "#shared/signing/public-key.ts";
import { absent, type Finding, holds, runCheck, Trouble, waits } from "./finding.ts";
import { checkKeyChanges, tenantsOf } from "./key-changes.ts";
import { type HeldCheckpoint, holdCheckpoint, logOfKey, pinLogKey, requireNoRetreat } from "./log-checkpoint.ts";
import { readEntries } from "./log-entries.ts";
import { siteNodes } from "./log-tiles.ts";
import { checkGrowth, checkRoot } from "./log-tree.ts";
import { checkPins, type Pin } from "./pins.ts";
import { type PublishedName, published, type ReadPath, readPublished } from "./published.ts";
import { checkSiteKeys, type KeyTexts, readSiteKeys, type SiteKeys } from "./published-keys.ts";
import { checkReleases } from "./releases.ts";
import { checkSecurityTxt } from "./security-txt.ts";
import { type KeyEntry, type ReleaseEntry, type RememberedReleases, rememberKey, type State } from "./state.ts";
import { checkOtherView } from "./views.ts";

export interface SiteRequest {
  /** Scheme, host and port. */
  readonly site: URL;
  readonly read: ReadPath;
  /** What the run before kept; absent at first sight. */
  readonly state: State | undefined;
  readonly pins: readonly Pin[];
  /** What somebody else's runs kept of the same log, to compare with. */
  readonly other?: State | undefined;
  readonly now: Date;
  /** Bundles of 256 log entries to read in one run at most. */
  readonly mostBundles: number;
  readonly onProgress: (done: number, size: number) => void;
}

export interface SiteResult {
  readonly findings: readonly Finding[];
  /** What to keep for the next run; absent where there was a lie, so that what it was held against stays. */
  readonly state: State | undefined;
}

/** What the checks found out so far, each for those after it. */
interface Facts {
  texts: KeyTexts;
  siteKeys: SiteKeys;
  seen: PublishedName[];
  vkey: string | undefined;
  checkpoint: HeldCheckpoint | undefined;
  nodes: ReadNodes;
  range: CompactRange;
  entries: readonly KeyEntry[];
  releaseEntries: readonly ReleaseEntry[];
  releases: RememberedReleases;
}

type Check = (facts: Facts, request: SiteRequest) => Finding | Promise<Finding>;

/** The rows of the table. Each may rely on those above it, so the first lie ends the run. */
const checks = {
  keys: keysCheck,
  "pinned keys": (facts, { pins }) =>
    checkPins(pins, {
      keys: facts.siteKeys.keys.map(({ publicKey }) => publicKey),
      openPgp: facts.siteKeys.certificate?.key,
    }),
  checkpoint: checkpointCheck,
  "log root": ({ checkpoint, nodes }) => (checkpoint ? checkRoot(checkpoint, nodes) : absent("log root")),
  "log growth": ({ checkpoint, nodes, vkey }, { state }) =>
    checkpoint && vkey ? checkGrowth(lastCheckpoint(state), checkpoint, nodes) : absent("log growth"),
  "log entries": entriesCheck,
  "key changes": keyChangesCheck,
  "security.txt": securityTxtCheck,
  releases: releasesCheck,
  advisories: () => absent("advisories"),
  "other view": (facts, { other, read }) =>
    other?.log && facts.vkey && facts.checkpoint
      ? checkOtherView({ other: other.log, vkey: facts.vkey, ours: facts.checkpoint, read, nodes: facts.nodes })
      : absent("other view", other ? "one of the two has seen no log yet" : "no second state file given"),
} as const satisfies Record<string, Check>;

/** Checks a trust center from outside. @throws Trouble where the host can't be asked, or the arguments contradict the state */
export async function verifySite(request: SiteRequest): Promise<SiteResult> {
  const facts = firstFacts(request);
  const findings: Finding[] = [];
  const names = Object.keys(checks) as (keyof typeof checks)[];
  for (const check of names) {
    const lied = findings.some(({ result }) => result === "lie");
    const skipped = { check, result: "skipped", detail: "after a lie nothing more is asked" } as const;
    findings.push(lied ? skipped : await runCheck(check, () => checks[check](facts, request)));
  }
  const lied = findings.some(({ result }) => result === "lie");
  return { findings, state: lied ? undefined : nextState(facts, request) };
}

function firstFacts({ site, state, pins }: SiteRequest): Facts {
  if (state !== undefined && state.site !== site.origin) {
    throw new Trouble(`The state file is of ${state.site}. Give another file with --state for ${site.origin}.`);
  }
  const given = pins.find((pin) => pin.kind === "log")?.vkey;
  const vkey = state?.log?.key ?? given;
  if (given !== undefined && given !== vkey) {
    throw new Trouble(
      "The state file pins another log key than --key. Find out which is right, or start a new state file.",
    );
  }
  const kept = state?.log?.releaseEntries === undefined ? undefined : state.log;
  return {
    texts: { jwks: undefined, pem: undefined, openPgp: undefined },
    siteKeys: { keys: [], certificate: undefined },
    seen: [],
    vkey,
    checkpoint: undefined,
    nodes: async () => [],
    range: kept === undefined ? EMPTY_RANGE : decodeRange(kept.read.size, readBase64(kept.read.edge)),
    entries: kept?.keyEntries ?? [],
    releaseEntries: kept?.releaseEntries ?? [],
    releases: state?.releases ?? {},
  };
}

/** Reads one published text and notes that it is there. */
async function fetchText(name: PublishedName, facts: Facts, { read, state }: SiteRequest) {
  const text = await readPublished(read, name, state?.seen ?? []);
  if (text !== undefined) facts.seen.push(name);
  return text;
}

async function keysCheck(facts: Facts, request: SiteRequest): Promise<Finding> {
  const jwks = await fetchText("jwks", facts, request);
  const pem = await fetchText("pem", facts, request);
  const openPgp = await fetchText("openPgp", facts, request);
  facts.texts = { jwks, pem, openPgp };
  facts.siteKeys = readSiteKeys(facts.texts);
  return checkSiteKeys(facts.texts, facts.siteKeys, request.now);
}

async function checkpointCheck(facts: Facts, request: SiteRequest): Promise<Finding> {
  const note = await fetchText("checkpoint", facts, request);
  if (note === undefined) return absent("checkpoint");
  const known = facts.vkey !== undefined;
  facts.vkey ??= pinLogKey(
    note,
    facts.siteKeys.keys.map(({ publicKey }) => publicKey),
  );
  const log = logOfKey(facts.vkey);
  const checkpoint = holdCheckpoint(note, log);
  const before = lastCheckpoint(request.state);
  if (before !== undefined) requireNoRetreat(before, checkpoint);
  facts.checkpoint = checkpoint;
  facts.nodes = siteNodes(request.read, checkpoint.size);
  const trust = known ? "pinned key" : "key pinned at first sight";
  return holds("checkpoint", `${log.origin}, ${checkpoint.size} entries, signed by the ${trust}`);
}

async function entriesCheck(facts: Facts, { read, mostBundles, onProgress }: SiteRequest): Promise<Finding> {
  const { checkpoint, nodes, range: from } = facts;
  if (checkpoint === undefined) return absent("log entries");
  const { range, keyEntries, releaseEntries } = await readEntries({
    read,
    nodes,
    checkpoint,
    from,
    mostBundles,
    onProgress,
  });
  facts.range = range;
  facts.entries = [...facts.entries, ...keyEntries];
  facts.releaseEntries = [...facts.releaseEntries, ...releaseEntries];
  const detail = `${range.size - from.size} entries read; they hash to what is signed`;
  if (range.size === checkpoint.size) return holds("log entries", detail);
  return waits("log entries", `${detail}; ${checkpoint.size - range.size} are left, run it again`);
}

function keyChangesCheck(facts: Facts, { state, now }: SiteRequest): Finding {
  const { checkpoint, vkey, range } = facts;
  const { keys } = facts.siteKeys;
  const before = state && { keys: state.keys, checkedAt: new Date(state.checkedAt) };
  const entries = checkpoint && facts.entries;
  const logKey = vkey && keyThumbprint(logOfKey(vkey).publicKey);
  return checkKeyChanges({ keys, before, entries, complete: range.size === checkpoint?.size, logKey }, now);
}

async function securityTxtCheck(facts: Facts, request: SiteRequest): Promise<Finding> {
  const signed = await fetchText("securityTxt", facts, request);
  if (signed === undefined) return absent("security.txt");
  const { keys, certificate } = facts.siteKeys;
  const last = request.state?.openPgp;
  const openPgp = [certificate?.key, last && readCertificate(last).key].filter(
    (key) => key !== undefined && key !== "",
  );
  const url = new URL(published.securityTxt.path, request.site);
  return checkSecurityTxt({ signed, openPgp, keys, url }, request.now);
}

async function releasesCheck(facts: Facts, request: SiteRequest): Promise<Finding> {
  const list = await fetchText("releases", facts, request);
  const { checkpoint, vkey, range, entries, siteKeys } = facts;
  const { finding, held } = await checkReleases(
    {
      list,
      read: request.read,
      keys: siteKeys.keys,
      tenants: tenantsOf(siteKeys.keys, entries),
      log: vkey === undefined ? undefined : logOfKey(vkey),
      size: range.size,
      complete: range.size === checkpoint?.size,
      logged: facts.releaseEntries,
      before: facts.releases,
    },
    request.now,
  );
  facts.releases = held;
  return finding;
}

/** The checkpoint of the run before. @throws Lie where the state file was changed by hand */
function lastCheckpoint(state: State | undefined): HeldCheckpoint | undefined {
  return state?.log && holdCheckpoint(state.log.checkpoint, logOfKey(state.log.key));
}

function nextState(facts: Facts, { site, state, now }: SiteRequest): State {
  const { keys } = facts.siteKeys;
  const log = logState(facts);
  return {
    format: "candor-verify-state/v1",
    site: site.origin,
    checkedAt: now.toISOString(),
    seen: facts.seen,
    keys: keys.map(rememberKey),
    ...(facts.texts.openPgp === undefined ? {} : { openPgp: facts.texts.openPgp }),
    ...(log ? { log } : {}),
    releases: facts.releases,
    ...(state?.audit ? { audit: state.audit } : {}),
  };
}

/** Of other tenants' keys nothing is kept once it is known whose site this is. */
function logState({ checkpoint, vkey, range, entries, releaseEntries, siteKeys }: Facts): State["log"] {
  if (checkpoint === undefined || vkey === undefined) return undefined;
  const tenants = tenantsOf(siteKeys.keys, entries);
  const all = range.size < checkpoint.size;
  const kept = all ? entries : entries.filter(isOf(tenants));
  const keptReleases = all ? releaseEntries : releaseEntries.filter(({ entry }) => tenants.has(entry.tenant));
  const read = { size: range.size, edge: formatBase64(encodeRange(range)) };
  return { key: vkey, checkpoint: checkpoint.note, read, keyEntries: [...kept], releaseEntries: [...keptReleases] };
}

const isOf =
  (tenants: ReadonlySet<string>) =>
  ({ entry }: KeyEntry): boolean =>
    entry.tenant === undefined || tenants.has(entry.tenant);
