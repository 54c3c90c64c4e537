/** How many mails a second the whole system takes in, seals and acknowledges, against the physical parts of that alone. */
import { setTimeout as pause } from "node:timers/promises";
import { intakeParts, type Part } from "./intake-parts.ts";
import type { Sample } from "./intake-samples.ts";
import { reportMail } from "./mails.ts";
import { type OneMachine, startOneMachine } from "./one-machine.ts";
import { medianOf, type Outcome, spreadOf, tableOf } from "./outcome.ts";
import { cpuMs } from "./process-cost.ts";
import { type Contestant, inParallel, inTurns } from "./rounds.ts";
import { connectSender, type SmtpSender } from "./smtp-sender.ts";
import { startStandInsChild } from "./stand-ins-child.ts";

const senders = 16;

/** Milliseconds a mail. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** What one turn found: the whole under its own name, or each part. */
type Costs = ReadonlyMap<string, Cost>;

export async function benchIntake(quick: boolean, say: (line: string) => void): Promise<Outcome[]> {
  const mails = quick ? 100 : 200;
  await using closing = new AsyncDisposableStack();
  const machine = await startOneMachine();
  closing.defer(() => machine.stop());
  const standIns = await startStandInsChild();
  closing.defer(() => standIns.stop());
  const { parts, prepare, close } = await intakeParts(standIns);
  closing.defer(close);
  const connections = await Promise.all(Array.from({ length: senders }, () => connectSender(machine.smtpPort)));
  closing.defer(() => {
    for (const connection of connections) connection.close();
  });
  const whole: Contestant<Costs> = { name: "whole", measure: () => wholeOnce(machine, connections, mails) };
  const alone: Contestant<Costs> = {
    name: "parts",
    measure: async () => partsOnce(parts, await prepare(mails), standIns.pid),
  };
  say("warming up");
  for (const { measure } of [whole, alone, whole]) await measure();
  const limit = quick ? { rounds: 3, milliseconds: 30_000 } : { rounds: 11, milliseconds: 150_000 };
  const turns = await inTurns([whole, alone], limit, say);
  return outcome(parts, turns.get("whole") ?? [], turns.get("parts") ?? [], say);
}

let sent = 0;

/** From the first mail to the last acknowledgement; then waits until nothing is done any more. */
async function wholeOnce(machine: OneMachine, connections: readonly SmtpSender[], mails: number): Promise<Costs> {
  const [before, cpuBefore, began] = [machine.sent(), cpuMs(machine.pid), performance.now()];
  let left = mails;
  const work = connections.map(async (connection) => {
    while (left-- > 0) {
      const { from, to, raw } = reportMail(`whole${String(sent++)}`);
      await connection.send(from, to, raw);
    }
  });
  await Promise.all(work);
  const accepted = performance.now() - began;
  while (machine.sent() < before + mails) {
    if (performance.now() - began > 60_000) throw new Error("Acknowledgements are missing after a minute.");
    await pause(2);
  }
  const wall = (performance.now() - began) / mails;
  await quiet(machine.pid);
  const cpu = (cpuMs(machine.pid) - cpuBefore) / mails;
  return new Map([
    ["whole", { wall, cpu }],
    ["accepted", { wall: accepted / mails, cpu }],
  ]);
}

/** What SES says of the mails is noted after they left: the next turn begins when that is over. */
async function quiet(pid: number): Promise<void> {
  for (let still = 0; still < 2; ) {
    const before = cpuMs(pid);
    await pause(150);
    still = cpuMs(pid) - before < 40 ? still + 1 : 0;
  }
}

async function partsOnce(parts: readonly Part[], samples: readonly Sample[], standIns: number): Promise<Costs> {
  const costs = new Map<string, Cost>();
  for (const { name, run } of parts) {
    const cpuBefore = cpuMs(standIns, process.pid);
    const wall = await inParallel(samples.length, senders, (i) => {
      const sample = samples[i];
      return sample && run(sample);
    });
    const cpu = cpuMs(standIns, process.pid) - cpuBefore;
    costs.set(name, { wall: wall / samples.length, cpu: cpu / samples.length });
  }
  return costs;
}

function outcome(
  parts: readonly Part[],
  wholes: readonly Costs[],
  rounds: readonly Costs[],
  say: (line: string) => void,
): Outcome[] {
  const of = (costs: readonly Costs[], name: string, what: keyof Cost) =>
    costs.map((cost) => cost.get(name)?.[what] ?? 0);
  const physical = parts.filter((part) => part.physical).map((part) => part.name);
  const sums = (what: keyof Cost) =>
    rounds.map((costs) => physical.reduce((sum, name) => sum + (costs.get(name)?.[what] ?? 0), 0));
  const [wholeWall, wholeCpu] = [of(wholes, "whole", "wall"), of(wholes, "whole", "cpu")];
  const [sumWall, sumCpu] = [sums("wall"), sums("cpu")];
  const rows = parts.map(({ name, physical: counts }) => [
    name,
    medianOf(of(rounds, name, "wall")).toFixed(2),
    medianOf(of(rounds, name, "cpu")).toFixed(2),
    counts ? "yes" : "",
  ]);
  const total = (what: keyof Cost) => rows.reduce((sum, row) => sum + Number(row[what === "wall" ? 1 : 2]), 0);
  rows.push(["all of these", total("wall").toFixed(2), total("cpu").toFixed(2), ""]);
  rows.push(["the whole", medianOf(wholeWall).toFixed(2), medianOf(wholeCpu).toFixed(2), ""]);
  say(tableOf(["step, ms a mail at 16 parallel", "wall", "CPU", "physical part"], rows));
  const rate = (milliseconds: number) => (1000 / milliseconds).toFixed(0);
  return [
    {
      bench: "intake",
      goal: "mails acknowledged a second / rate of the parts, at least 0.7",
      measured: spreadOf(wholeWall.map((wall, round) => (sumWall[round] ?? 0) / wall)),
      atLeast: 0.7,
      unit: "",
      cpu: `${medianOf(wholeCpu).toFixed(1)} ms a mail, parts ${medianOf(sumCpu).toFixed(1)}`,
      context: `${rate(medianOf(wholeWall))} acknowledged/s, ${rate(medianOf(of(wholes, "accepted", "wall")))} accepted/s, parts ${rate(medianOf(sumWall))}/s`,
    },
  ];
}
