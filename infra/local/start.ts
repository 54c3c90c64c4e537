/** `npm start`: the one-machine system, until it is told to end. */

import { readSettings } from "#infra/local/home/settings.ts";
import { startHost } from "#infra/local/host.ts";
import { startProgress } from "#infra/local/progress.ts";
import { StartFailure } from "#infra/local/start-failure.ts";

const progress = startProgress((line) => process.stderr.write(line));
const began = performance.now();

const told = Promise.race([once("SIGINT"), once("SIGTERM")]);
try {
  const settings = readSettings(process.env, new Date());
  progress.say(`Candor starts on ${settings.home}`);
  const host = await startHost(settings, progress);
  progress.say(`ready after ${((performance.now() - began) / 1000).toFixed(1)} s; end it with Ctrl-C`);
  process.stdout.write(`candor ready ${host.url}\n`);
  const broken = await Promise.race([told, host.broken]);
  if (typeof broken === "string") progress.say(broken);
  else progress.say("Candor ends; what runs is finished first.");
  await host.close();
  process.exit(typeof broken === "string" ? 1 : 0);
} catch (error) {
  if (!(error instanceof StartFailure)) throw error;
  progress.say(error.message);
  process.exit(1);
}

function once(signal: "SIGINT" | "SIGTERM"): Promise<void> {
  // A second signal, for somebody who does not want to wait, ends the process at once.
  return new Promise((resolve) => process.once(signal, () => resolve()));
}
