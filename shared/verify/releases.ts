/** Releases: each is in the log, its statement signed by a key of the site that was in use, its body the one that was stated. */

import * as z from "zod";
import type { TrustedLog } from "#shared/ledger/checkpoint.ts";
import { encodePublicEntry, type ReleaseChange } from "#shared/ledger/public-entry.ts";
import { openTlogProof } from "#shared/ledger/tlog-proof.ts";
import { digestOf } from "#shared/release/digest.ts";
import { readReleaseStatement, statementType } from "#shared/release/statement.ts";
import { type PublishedKey, wasInUse } from "#shared/signing/jwks.ts";
import { verifyEnvelopeBundle } from "#shared/signing/sigstore-bundle.ts";
import { absent, type Finding, holds, Lie, waits } from "./finding.ts";
import { type ReadPath, readBytes } from "./published.ts";
import { type ListedRelease, readReleaseList } from "./release-list.ts";
import type { ReleaseEntry, RememberedReleases } from "./state.ts";

export interface ReleaseFacts {
  /** The first page of the list; absent where none is published. */
  readonly list: string | undefined;
  readonly read: ReadPath;
  readonly keys: readonly PublishedKey[];
  /** Whose site this is, by the log's word on its keys. */
  readonly tenants: ReadonlySet<string>;
  readonly log: TrustedLog | undefined;
  /** How many entries of the log have been read, and whether that is all that is signed for. */
  readonly size: number;
  readonly complete: boolean;
  readonly logged: readonly ReleaseEntry[];
  /** What held last time. */
  readonly before: RememberedReleases;
}

/** How old an answer may be that a cache gives, or a release whose last step is under way. */
const grace = 15 * 60_000;
const mostBody = 5 * 1_048_576;
const mostFile = 65_536;

/** @throws Lie. Answers beside the finding what held, to be kept for the next run. */
export async function checkReleases(
  facts: ReleaseFacts,
  now: Date,
): Promise<{ readonly finding: Finding; readonly held: RememberedReleases }> {
  const { list, before, complete } = facts;
  const own = facts.logged.filter(({ entry }) => facts.tenants.has(entry.tenant));
  const { shown, items } = list === undefined ? { shown: null, items: [] } : await readReleaseList(list, facts.read);
  requireMemory(items, shown, before);
  const late = requireShown(items, own, now);
  if (items.length === 0) return { finding: absent("releases"), held: before };
  requireNewest(items, shown);
  requireChain(items);
  await requirePage(items, facts, now);
  const held: Record<string, RememberedReleases[string]> = { ...before };
  let waiting = late;
  for (const item of items) {
    const logged = own.find(({ entry }) => entry.kind === "release.published" && entry.release === item.release);
    requireLogged(item, logged, facts);
    if (logged === undefined) waiting++;
    else if (before[String(item.release)] === undefined) await checkRelease(item, logged.entry, facts);
    if (logged !== undefined)
      held[String(item.release)] = { body: item.body, withdrawn: requireWithdrawal(item, own, now, complete) };
  }
  const counted = `${String(items.length)} listed, ${String(shown)} is shown; logged, signed, and what was signed`;
  if (waiting === 0) return { finding: holds("releases", counted), held };
  return { finding: waits("releases", `${String(waiting)} not in what was read of the log; run it again`), held };
}

/** What was shown last time is still listed, with the same body, and nothing older is shown in its place. */
function requireMemory(items: readonly ListedRelease[], shown: number | null, before: RememberedReleases): void {
  const numbers = Object.keys(before).map(Number);
  const newest = Math.max(0, ...numbers);
  if (newest > (shown ?? 0))
    throw new Lie("release-rolled-back", `Release ${String(newest)} was shown last time, and now ${String(shown)} is.`);
  for (const number of numbers) {
    const [old, item] = [before[String(number)], items.find(({ release }) => release === number)];
    if (item === undefined)
      throw new Lie("release-hidden", `Release ${String(number)} was listed last time and is not any more.`);
    if (item.body !== old?.body || (old.withdrawn && item.withdrawn === undefined))
      throw new Lie("release-rewritten", `Release ${String(number)} is not what it was last time.`);
  }
}

/** What is logged is listed. Counts those that may still be on their way. */
function requireShown(items: readonly ListedRelease[], own: readonly ReleaseEntry[], now: Date): number {
  const unlisted = own.filter(({ entry }) => !items.some(({ release }) => release === entry.release));
  const hidden = unlisted.find(({ entry }) => Date.parse(entry.at) < now.getTime() - grace);
  if (hidden !== undefined) {
    const { entry, index } = hidden;
    throw new Lie(
      "release-hidden",
      `Entry ${String(index)} of the log is release ${String(entry.release)}, which the site does not list.`,
    );
  }
  return unlisted.length;
}

function requireNewest([newest]: readonly ListedRelease[], shown: number | null): void {
  if (newest?.release !== shown)
    throw new Lie("release-old-shown", `Release ${String(shown)} is shown, and ${String(newest?.release)} is newer.`);
}

/** The first page is of the release that is shown; a cache may be behind, of the page or of the list. */
async function requirePage(
  [newest, ...older]: readonly ListedRelease[],
  { read, logged, tenants }: ReleaseFacts,
  now: Date,
): Promise<void> {
  const bytes = await readBytes(read, "posture.json", mostBody);
  if (bytes === undefined) return;
  const page = PageOfRelease.safeParse(parse(bytes)).data?.release;
  const isOfPage = (one: { readonly release: number; readonly body: string } | undefined): boolean =>
    one?.release === page?.release && one?.body === page?.body;
  if (page !== undefined && isOfPage(newest)) return;
  const before = older.find(isOfPage);
  const cached = before?.withdrawn === undefined && Date.parse(newest?.publishedAt ?? "") > now.getTime() - grace;
  if (before !== undefined && cached) return;
  const next = logged.some(({ entry }) => tenants.has(entry.tenant) && isOfPage(entry));
  if (before === undefined && next) return;
  throw new Lie("release-old-shown", "The first page does not say that it is of the release that is shown.");
}

/** What `/posture.json` says of the release that it is made of. */
const PageOfRelease = z.object({ release: z.object({ release: z.int(), body: z.string() }) });

/** Each names the body of the one before. */
function requireChain(items: readonly ListedRelease[]): void {
  const bodies = new Map(items.map(({ release, body }) => [release, body]));
  for (const { release, previous } of items) {
    const before = release === 1 ? null : bodies.get(release - 1);
    if (before !== undefined && before !== previous)
      throw new Lie("release-chain", `Release ${String(release)} does not name the body of the one before it.`);
  }
}

/** A release whose place in the log has been read is there as it is listed. */
function requireLogged(item: ListedRelease, logged: ReleaseEntry | undefined, { size, log }: ReleaseFacts): void {
  const { release, body, at, index } = item;
  if (logged === undefined && (log === undefined || index < size))
    throw new Lie("release-not-logged", `Release ${String(release)} is shown, and is not in the log.`);
  if (logged === undefined) return;
  const { entry } = logged;
  if (logged.index !== index || entry.body !== body || entry.at !== at)
    throw new Lie("release-not-logged", `Release ${String(release)} is not as the log tells of it.`);
}

async function checkRelease(item: ListedRelease, entry: ReleaseChange, facts: ReleaseFacts): Promise<void> {
  const { release, body, withdrawn } = item;
  const file = (name: string, limit: number) => readFile(facts, release, name, limit);
  checkStatement(item, entry, facts, parse(await file("body.sigstore.json", mostFile)));
  const proof = Buffer.from(await file("body.tlog-proof", mostFile)).toString("utf8");
  if (facts.log === undefined || openTlogProof(proof, encodePublicEntry(entry), facts.log) === undefined)
    throw new Lie("release-proof", `The proof of release ${String(release)} does not lead to a signed checkpoint.`);
  if (withdrawn === undefined && digestOf(await file("body.json", mostBody)) !== body)
    throw new Lie("release-body", `The body of release ${String(release)} is not the one that was signed and logged.`);
}

/** The statement is the logged one, about this release, and signed by a key of the site while that was in use. */
function checkStatement(item: ListedRelease, entry: ReleaseChange, { keys, tenants }: ReleaseFacts, bundle: unknown) {
  const name = `release ${String(item.release)}`;
  const signers = keys.filter(({ publicKey }) => publicKey.algorithm === "ES256");
  const signer = signers.find(({ publicKey }) => verifyEnvelopeBundle(bundle, [publicKey]) !== undefined);
  const content = signer && verifyEnvelopeBundle(bundle, [signer.publicKey]);
  if (signer === undefined || content === undefined)
    throw new Lie("release-signature", `The statement of ${name} is not signed by a key of the site.`);
  if (!wasInUse(signer, new Date(item.publishedAt)))
    throw new Lie("release-key", `The key that signed ${name} was not in use at ${item.publishedAt}.`);
  const logged = entry.kind === "release.published" && digestOf(content.payload) === entry.statement;
  const { predicate, subject } = readReleaseStatement(content.payload);
  const same =
    predicate.release === item.release &&
    tenants.has(predicate.tenant) &&
    predicate.at === item.at &&
    predicate.previous === item.previous &&
    predicate.note === item.note &&
    predicate.restores === item.restores &&
    `sha256:${subject[0].digest.sha256}` === item.body;
  if (!logged || !same || content.payloadType !== statementType)
    throw new Lie("release-statement", `What is signed of ${name} is not what is logged and listed.`);
}

/** Whether a release was withdrawn: the log says so too, as soon as what was read of it could. */
function requireWithdrawal(
  { release, withdrawn }: ListedRelease,
  own: readonly ReleaseEntry[],
  now: Date,
  complete: boolean,
): boolean {
  if (withdrawn === undefined) return false;
  const logged = own.some(({ entry }) => entry.kind === "release.withdrawn" && entry.release === release);
  if (!logged && complete && Date.parse(withdrawn.at) < now.getTime() - grace)
    throw new Lie("release-hidden", `Release ${String(release)} was taken away, and the log does not say so.`);
  return true;
}

async function readFile({ read }: ReleaseFacts, release: number, name: string, limit: number): Promise<Uint8Array> {
  const path = `releases/${String(release)}/${name}`;
  const bytes = await readBytes(read, path, limit);
  if (bytes === undefined)
    throw new Lie("release-missing", `/${path} is not there, though release ${String(release)} is listed.`);
  return bytes;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
