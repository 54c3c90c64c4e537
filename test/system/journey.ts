/**
 * Two hundred mails through a system that is killed twice: `node test/system/journey.ts`. JOURNEY_SEED repeats a run's plan and
 * the points of its ends as far as timing allows; JOURNEY_KEEP leaves the home to be looked at.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Findings, findAll } from "./findings.ts";
import { kinds, type PlannedMail, planMails } from "./planned-mail.ts";
import { headerOf, runRule, sentMails } from "./public-surfaces.ts";
import { type Random, seededRandom } from "./random.ts";
import { type RunningSystem, startSystem } from "./running-system.ts";
import { type SentCopy, sendAll, until } from "./sending.ts";
import { objectFiles, readStoredRecordsWithHostAccess } from "./stored-records.ts";

const connections = 8;
const minute = 60_000;
const settleSeconds = 45;
/** Quiet is when nothing has changed for this long. */
const quietMs = 1_500;

export async function runJourney(seed: number, say: (line: string) => void): Promise<Findings> {
  const random = seededRandom(seed);
  const home = mkdtempSync(join(tmpdir(), "candor-journey-"));
  const clock = clockOf(new Date());
  const start = (): Promise<RunningSystem> => startSystem(home, { CANDOR_NOW_OFFSET: clock.offset });
  say(`seed ${String(seed)}`);
  const began = performance.now();
  const elapsed = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  let system = await start();
  try {
    const plan = planMails(random);
    const copies: SentCopy[] = [];
    const answered = new Map<string, PlannedMail>();
    const ends = endsOf(random, plan.length);
    let up = Promise.resolve(system);
    let restarting = Promise.resolve();
    const redelivered: Promise<boolean>[] = [];

    const endAndStart = async (): Promise<void> => {
      system = await up;
      await pause(random.between(0, 250));
      const restarted = system.kill().then(start);
      up = restarted;
      say(`killed after ${String(copies.length)} answers of 250`);
      await restarted;
    };
    const stopSweeping = sweepAllTheTime(() => up, clock);
    await sendAll({
      mails: plan,
      connections,
      smtpPort: async () => (await up).smtpPort,
      recipients: async (mail) =>
        mail.kind === "reply" ? [await replyAddress(mail, plan, answered, () => up)] : mail.envelope.to,
      onAccepted: (copy) => {
        // A reply is for the tenant of the conversation that it was sent to.
        const original = answered.get(copy.mail.messageId);
        copies.push(original ? { ...copy, mail: { ...copy.mail, tenants: original.tenants } } : copy);
        if (copies.length % 3 === 0 || isHeldApart(copy.mail)) redelivered.push(redeliver(() => up, copy.sesId));
        if (copies.length === ends[0]) {
          ends.shift();
          restarting = restarting.then(endAndStart);
        }
      },
    });
    await restarting;
    await stopSweeping();
    system = await up;
    const twice = (await Promise.all(redelivered)).filter((done) => done).length;
    say(`${String(twice)} notices were delivered twice`);
    say(`sent after ${elapsed()}`);
    const again = copies.filter(({ attempts }) => attempts > 1).length;
    say(`${String(copies.length)} mails have their 250; ${String(again)} were sent more than once to get it`);
    if (again === 0) throw new Error("No mail was under way when the system was killed: the run proves nothing.");

    const expected = expectedCounts(plan);
    await settled(system, home, { ...expected, mails: expected.mails - 1 });
    // An operator sees a claim without a sender, and mail without a notice, as soon as their time is up.
    const later = new Date(clock.now().getTime() + 20 * minute);
    await runRule(system, "mail-sweep", later);
    await runRule(system, "outbox-sweep", later);
    await settled(system, home, { ...expected, mails: expected.mails - 1 });
    await runRule(system, "outbox-sweep", clock.tomorrow());
    await settled(system, home, expected);
    say(`quiet after ${elapsed()}`);
    const findings = await findAll(system, home, { copies, answered });
    await system.stop();
    return findings;
  } catch (error) {
    say(system.said());
    throw error;
  } finally {
    await system.kill().catch(() => undefined);
    if (process.env["JOURNEY_KEEP"] === undefined) rmSync(home, { recursive: true, force: true });
    else say(`the home is kept: ${home}`);
  }
}

/** After how many answers the system is ended: once in the first half, once in the second. */
const endsOf = (random: Random, mails: number): number[] => [
  random.between(Math.floor(mails * 0.15), Math.floor(mails * 0.45)),
  random.between(Math.floor(mails * 0.55), Math.floor(mails * 0.85)),
];

/** The system's clock. A run near midnight would see two days' measures of acknowledgements, so it moves on by an hour. */
function clockOf(start: Date) {
  const hours = start.getUTCHours() === 23 ? 1 : 0;
  const now = (): Date => new Date(Date.now() + hours * 60 * minute);
  const tomorrow = (): Date => new Date(now().setUTCHours(24, 5, 0, 0));
  return { offset: `PT${String(hours)}H`, now, tomorrow };
}

/**
 * Runs the outbox sweep while mail is under way, for an instant at which the stream should have brought everything, and no claim
 * has run out: what it queues is being sent already, or sent twice if claims do not hold.
 */
function sweepAllTheTime(system: () => Promise<RunningSystem>, clock: { now(): Date }): () => Promise<void> {
  let ended = false;
  const sweep = async (): Promise<void> => {
    while (!ended) {
      // The system may be ended in the middle of it.
      await runRule(await system(), "outbox-sweep", new Date(clock.now().getTime() + 3 * minute)).catch(
        () => undefined,
      );
      await pause(100);
    }
  };
  const sweeping = sweep();
  return async () => {
    ended = true;
    await sweeping;
  };
}

/** What is known by its delivery alone: nothing else tells its second notice from another mail. */
const isHeldApart = ({ kind }: PlannedMail): boolean => ["quarantine", "unrouted"].includes(kinds[kind].becomes);

/** SNS and SQS may deliver a notice more than once. False where the system was ended before it heard of it. */
async function redeliver(system: () => Promise<RunningSystem>, sesId: string): Promise<boolean> {
  const { fetch } = await system();
  const answer = await fetch("localhost", `/_local/redeliver/${sesId}`, { method: "POST" }).catch(() => undefined);
  return answer?.status === 202;
}

/** The reply address of an acknowledgement that nobody has answered yet. */
async function replyAddress(
  reply: PlannedMail,
  plan: readonly PlannedMail[],
  answered: Map<string, PlannedMail>,
  system: () => Promise<RunningSystem>,
): Promise<string> {
  const repeated = new Set(plan.map(({ again }) => again));
  const known = answered.get(reply.messageId);
  const free = (mail: PlannedMail): boolean =>
    known ? mail === known : mail.kind === "plain" && !repeated.has(mail) && ![...answered.values()].includes(mail);
  let address = "";
  await until(async () => {
    const mails = await sentMails(await system()).catch(() => []);
    for (const mail of mails) {
      const original = plan.find(({ messageId }) => headerOf(mail, "In-Reply-To") === `<${messageId}>`);
      if (!original || !free(original)) continue;
      answered.set(reply.messageId, original);
      address = headerOf(mail, "Reply-To").replace(/^.*<|>.*$/g, "");
      return true;
    }
    return false;
  });
  return address;
}

interface Counts {
  /** Mails that must have left. */
  readonly mails: number;
}

function expectedCounts(plan: readonly PlannedMail[]): Counts {
  const due = plan.filter(({ kind }) => kinds[kind].acknowledged).flatMap(({ tenants }) => tenants);
  // Two of those above the day's measure share one digest.
  return { mails: due.length - 1 };
}

/** Waits until everything that is due has happened and nothing changes any more; or until it has had its time. */
async function settled(system: RunningSystem, home: string, expected: Counts): Promise<void> {
  const deadline = performance.now() + settleSeconds * 1000;
  let state = "";
  let since = performance.now();
  while (performance.now() < deadline) {
    const mails = (await sentMails(system)).length;
    const { markers } = readStoredRecordsWithHostAccess(home);
    const left = objectFiles(home, "candor-raw").length;
    const now = `${String(mails)} ${String(markers.length)} ${String(left)}`;
    if (now !== state) since = performance.now();
    state = now;
    const quiet = performance.now() - since > quietMs;
    if (quiet && mails >= expected.mails) return;
    if (performance.now() - since > 4 * quietMs) return;
    await pause(250);
  }
}

export function inTable({ rows }: Findings): string {
  const line = (cells: readonly (string | number)[]): string =>
    cells.map((cell, at) => (at === 0 ? String(cell).padEnd(24) : String(cell).padStart(13))).join("");
  const sum = (column: "sent" | "found" | "acknowledged"): number => rows.reduce((all, row) => all + row[column], 0);
  return [
    line(["kind", "sent", "found", "acknowledged"]),
    ...rows.map(({ kind, sent, found, acknowledged }) => line([kind, sent, found, acknowledged])),
    line(["all", sum("sent"), sum("found"), sum("acknowledged")]),
  ].join("\n");
}

if (import.meta.main) {
  const began = performance.now();
  const seed = Number(process.env["JOURNEY_SEED"] ?? Date.now() % 2 ** 31);
  const findings = await runJourney(seed, (line) => process.stdout.write(`${line}\n`));
  process.stdout.write(
    `${inTable(findings)}\n${String(findings.extraCopies)} stored copies had no 250 and are kept apart or noted\n`,
  );
  for (const { sentence } of findings.faults) process.stdout.write(`FAULT ${sentence}\n`);
  process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  process.exitCode = findings.faults.length > 0 ? 1 : 0;
}
