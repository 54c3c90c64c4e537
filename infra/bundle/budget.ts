/** `npm run budget`: what each door's code weighs, against its budget. Fails where one is over. */
import { budgets } from "#infra/bundle/budgets.ts";
import { bundleDoors } from "#infra/bundle/bundle.ts";
import { plausibleEnvironment } from "#infra/bundle/plausible-environment.ts";
import { type DoorName, doorNames } from "#infra/doors.ts";

const artefacts = await bundleDoors(doorNames, { environment: plausibleEnvironment });
const rows = artefacts.map(({ door, bytes }) => ({ door, bytes, budget: budgets[door as DoorName] * 1000 }));
for (const { door, bytes, budget } of rows) {
  const verdict = bytes > budget ? "OVER" : "ok";
  process.stdout.write(`${door.padEnd(16)}${kilo(bytes)} of ${kilo(budget)} kB  ${verdict}\n`);
}
const over = rows.filter(({ bytes, budget }) => bytes > budget).map(({ door }) => door);
if (over.length > 0) {
  process.stderr.write(
    `Over budget: ${over.join(", ")}. Find what came in, or raise the budget in infra/bundle/budgets.ts.\n`,
  );
  process.exitCode = 1;
}

function kilo(bytes: number): string {
  return (bytes / 1000).toFixed(1).padStart(8);
}
