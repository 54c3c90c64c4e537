/** How long it takes from the request to a release of many claims that is shown: through the API and both doors, as `npm start` runs them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { tableName } from "#infra/local/stand-ins.ts";
import { startDynamodb } from "#infra/local/storage/dynamodb.ts";
import { hostClient, region } from "#infra/local/storage/host-client.ts";
import { scopeOfWork } from "#shared/access/scope.ts";
import { connectTable } from "#shared/aws/table.ts";
import { largestItemOf, manyClaims, writeItems } from "#test/stage/many-claims.ts";
import { type RunningSystem, startSystem } from "#test/system/running-system.ts";
import { type Outcome, spreadOf } from "./outcome.ts";

const claims = 2_000;
const tenant = "herald";

const Release = z.object({ release: z.int(), bytes: z.int() });

export async function benchPublish(quick: boolean, say: (line: string) => void): Promise<Outcome[]> {
  await using closing = new AsyncDisposableStack();
  const home = mkdtempSync(join(tmpdir(), "candor-bench-"));
  closing.defer(() => rmSync(home, { recursive: true, force: true }));
  const files = { file: join(home, "bench.sqlite"), pidFile: join(home, "bench.pid") };
  const dynamodb = await startDynamodb({ ...files, table: tableName });
  closing.defer(() => dynamodb.stop());
  const { endpoint } = dynamodb;
  const system = await startSystem(join(home, "home"), { CANDOR_DYNAMODB_ENDPOINT: endpoint });
  closing.defer(() => system.stop());
  const { credentials } = hostClient(endpoint);
  const table = connectTable({ region, endpoint, credentials, tableName }, Math.random);
  const scope = scopeOfWork(table, tenant);
  await firstRelease(system);
  say(`writing ${String(claims)} claims`);
  await writeItems(scope, "claims", manyClaims(claims));

  const token = await tokenOf(system);
  const took: number[] = [];
  let bytes = 0;
  for (let round = 0; round < (quick ? 4 : 12); round++) {
    const began = performance.now();
    const answer = await system.fetch("api.localhost", `/v1/tenants/${tenant}/releases`, {
      ...{ method: "POST", token, body: "{}" },
    });
    const seconds = (performance.now() - began) / 1000;
    if (answer.status !== 201) throw new Error(`Publishing answers ${String(answer.status)}: ${String(answer.body)}`);
    ({ bytes } = Release.parse(JSON.parse(answer.body.toString())));
    say(`release in ${seconds.toFixed(2)} s`);
    // The first wakes doors that were asleep.
    if (round > 0) took.push(seconds);
  }
  const largest = await largestItemOf(scope);
  return [
    {
      bench: "publish",
      goal: `${String(claims)} claims from the request to the release that is shown, at most 5 s`,
      measured: spreadOf(took),
      atMost: 5,
      unit: "s",
      cpu: "",
      context: `a body of ${(bytes / 1_000_000).toFixed(1)} MB; the largest item has ${(largest / 1000).toFixed(1)} kB of 400`,
    },
  ];
}

/** The demo publishes its own first release, soon after the start. */
async function firstRelease(system: RunningSystem): Promise<void> {
  for (let looks = 0; looks < 600; looks++) {
    const { status, body } = await system.fetch(`${tenant}.localhost`, "/releases.json");
    if (status === 200 && body.includes('"shown":1')) return;
    await pause(100);
  }
  throw new Error("The demo has no release after a minute.");
}

async function tokenOf(system: RunningSystem): Promise<string> {
  const body = JSON.stringify({ tenant, role: "owner" });
  const answer = await system.fetch("localhost", "/_local/token", { method: "POST", body });
  return z.object({ access_token: z.string() }).parse(JSON.parse(answer.body.toString())).access_token;
}
