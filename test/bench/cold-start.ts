/** A fresh process to its first answer, for each door as it is shipped, against a handler that does nothing. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { budgets } from "#infra/bundle/budgets.ts";
import { bundleDoors } from "#infra/bundle/bundle.ts";
import { plausibleEnvironment } from "#infra/bundle/plausible-environment.ts";
import { type DoorName, doorNames, doors } from "#infra/doors.ts";
import { bucketNames } from "#infra/local/storage/fauxqs.ts";
import { openObjectWriter } from "#infra/local/storage/object-writer.ts";
import { queueEvent } from "./door-child.ts";
import { noticeOf, objectKeyOf } from "./intake-samples.ts";
import { reportMail } from "./mails.ts";
import { medianOf, type Outcome, spreadOf, tableOf } from "./outcome.ts";
import { type Contestant, inTurns } from "./rounds.ts";
import { type StandInsChild, startStandInsChild } from "./stand-ins-child.ts";

/** The doors whose first answer somebody waits for, or that wake for each mail. */
const bounded = ["trust-site", "inbound-mail", "outbox", "mail-feedback"] as const satisfies readonly DoorName[];
const most = (door: (typeof bounded)[number]): number => (door === "trust-site" ? 2.5 : 3);

interface Start {
  readonly wall: number;
  readonly cpu: number;
}
const Answered = z.object({ cpu: z.number(), answer: z.unknown().optional() });

export async function benchColdStart(quick: boolean, say: (line: string) => void): Promise<Outcome[]> {
  const artefacts = await bundleDoors(doorNames, { environment: plausibleEnvironment });
  await using closing = new AsyncDisposableStack();
  const standIns = await startStandInsChild();
  closing.defer(() => standIns.stop());
  const inbound = artefacts.find(({ door }) => door === "inbound-mail");
  const contestants: Contestant<Start>[] = [
    { name: "empty", measure: () => firstAnswer(join(import.meta.dirname, "empty-handler.mjs"), {}, queueEvent([])) },
    ...artefacts.map(({ door, file }) => ({
      name: door,
      measure: () => firstAnswer(file, standIns.environmentOf(door), firstEvent(door as DoorName)),
    })),
    { name: "inbound-mail, a mail", measure: () => firstMail(standIns, inbound?.file ?? "") },
  ];
  await inTurns(contestants, { rounds: 1, milliseconds: 60_000 }, () => say("warming up"));
  const turns = await inTurns(contestants, { rounds: quick ? 5 : 15, milliseconds: 120_000 }, say);
  const of = (name: string, what: keyof Start) => (turns.get(name) ?? []).map((start) => start[what]);
  const ratios = (name: string, what: keyof Start) =>
    of(name, what).map((value, round) => value / (of("empty", what)[round] ?? 1));
  const rows = [...turns.keys()].map((name) => {
    const size = artefacts.find(({ door }) => door === name)?.bytes;
    return [
      name,
      medianOf(of(name, "wall")).toFixed(1),
      medianOf(ratios(name, "wall")).toFixed(2),
      medianOf(of(name, "cpu")).toFixed(1),
      medianOf(ratios(name, "cpu")).toFixed(2),
      size === undefined ? "" : `${(size / 1000).toFixed(0)} of ${String(budgets[name as DoorName])}`,
    ];
  });
  say(tableOf(["fresh process to first answer", "ms", "to empty", "CPU ms", "to empty", "kB of budget"], rows));
  return bounded.map((door) => ({
    bench: "cold-start",
    goal: `${door} / an empty handler, at most ${String(most(door))}`,
    measured: spreadOf(ratios(door, "wall")),
    atMost: most(door),
    unit: "",
    cpu: `${medianOf(ratios(door, "cpu")).toFixed(2)} times`,
    context: `${medianOf(of(door, "wall")).toFixed(0)} ms, empty ${medianOf(of("empty", "wall")).toFixed(0)} ms`,
  }));
}

/** What asks for nothing: an empty batch, or the page that says that the door is there. */
function firstEvent(door: DoorName): object {
  if (!doors[door].triggers.some(({ kind }) => kind === "http"))
    return { ...queueEvent([]), time: "2026-11-21T12:00:00Z" };
  const http = { method: "GET", path: "/healthz", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "" };
  return {
    ...{ version: "2.0", rawPath: "/healthz", rawQueryString: "", isBase64Encoded: false },
    headers: { host: "hearth.localhost" },
    requestContext: { domainName: "hearth.localhost", http, requestId: "bench", timeEpoch: 0 },
  };
}

let mails = 0;

/** The first answer where there is work: a plain mail becomes a report. Needs the services, so it is no ratio of Node's alone. */
async function firstMail(standIns: StandInsChild, file: string): Promise<Start> {
  const name = `cold${String(mails++)}`;
  const mail = reportMail(name);
  const objects = openObjectWriter(standIns.fauxqs, bucketNames.raw);
  await objects.put(objectKeyOf(name), mail.raw);
  objects.close();
  return firstAnswer(file, standIns.environmentOf("inbound-mail"), queueEvent([noticeOf(name, mail)]));
}

async function firstAnswer(file: string, environment: Readonly<Record<string, string>>, event: object): Promise<Start> {
  const runner = join(import.meta.dirname, "first-answer.mjs");
  const given = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none", ...environment };
  const began = performance.now();
  const child = spawn(process.execPath, [runner, pathToFileURL(file).href, JSON.stringify(event)], {
    env: given,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, "exit")]);
  const wall = performance.now() - began;
  const { cpu, answer } = Answered.parse(JSON.parse(said));
  if (JSON.stringify(answer ?? {}).includes("itemIdentifier")) throw new Error(`${file} failed at its first event.`);
  return { wall, cpu };
}
