/** `npm run bench [-- name... --quick]`: measures, says where it is, then prints goals beside what was found. */
import { loadavg } from "node:os";
import { benchBigMail } from "./big-mail.ts";
import { benchColdStart } from "./cold-start.ts";
import { benchIntake } from "./intake.ts";
import { benchLedger } from "./ledger.ts";
import { type Outcome, tableOf, verdictOf } from "./outcome.ts";
import { benchPublicPage } from "./public-page.ts";
import { benchPublish } from "./publish.ts";
import { benchTokenCheck } from "./token-check.ts";
import { benchTransit } from "./transit.ts";

type Bench = (quick: boolean, say: (line: string) => void) => Promise<Outcome[]>;

const benches: Readonly<Record<string, Bench>> = {
  intake: benchIntake,
  "cold-start": benchColdStart,
  "big-mail": benchBigMail,
  ledger: benchLedger,
  transit: benchTransit,
  "public-page": benchPublicPage,
  "token-check": benchTokenCheck,
  publish: benchPublish,
};

const given = process.argv.slice(2);
const quick = given.includes("--quick");
const names = given.filter((argument) => argument !== "--quick");
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(", ")}. There are ${Object.keys(benches).join(", ")}.\n`);
  process.exit(2);
}

const load = (): string => loadavg()[0]?.toFixed(1) ?? "?";
const outcomes: Outcome[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue;
  process.stderr.write(`${name} (load ${load()})\n`);
  outcomes.push(...(await bench(quick, (line) => process.stderr.write(`  ${line.replaceAll("\n", "\n  ")}\n`))));
}
const rows = outcomes.map((outcome) => {
  const { median, least, most } = outcome.measured;
  const [middle, from, to] = [median, least, most].map((value) => value.toFixed(outcome.unit === "" ? 2 : 1));
  const measured = `${middle ?? ""} (${from ?? ""} to ${to ?? ""}) ${outcome.unit}`.trim();
  return [outcome.bench, outcome.goal, measured, verdictOf(outcome), outcome.cpu, outcome.context];
});
process.stdout.write(`${tableOf(["bench", "goal", "median (spread)", "", "CPU", "context"], rows)}\n`);
process.stdout.write(`Load of the machine at the end: ${load()}. Only ratios of one run mean anything.\n`);
