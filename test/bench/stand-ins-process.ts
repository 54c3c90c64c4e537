/** Runs the stand-ins and their gates alone, without doors, and tells the environment that each door would get. */

import { doorNames } from "#infra/doors.ts";
import { localDoors, makeDoorKeys } from "#infra/local/doors/local-doors.ts";
import { startClock } from "#infra/local/home/clock.ts";
import { openHome } from "#infra/local/home/home.ts";
import { seedDemo } from "#infra/local/seed.ts";
import { startStandIns, tableName } from "#infra/local/stand-ins.ts";
import { hostClient, region } from "#infra/local/storage/host-client.ts";
import type { StandInFacts } from "./stand-ins-child.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("Give the folder of a new home.");

await using closing = new AsyncDisposableStack();
const home = await openHome(folder, new Date());
closing.defer(() => home.release());
const doorKeys = makeDoorKeys(doorNames);
const standIns = await startStandIns({
  ...{ home, clock: startClock(0), doorKeys, closing, dynamodbEndpoint: undefined },
  progress: { step: (_what, work) => work, say: () => undefined },
  onError: (error) => process.stderr.write(`${String(error)}\n`),
});
const { endpoint } = standIns.dynamodb;
const issuer = "http://login.localhost";
await seedDemo({ region, endpoint, credentials: hostClient(endpoint).credentials, tableName, issuer, now: new Date() });
const artefacts = doorNames.map((door) => ({ door, folder: "", file: "", bytes: 0, digest: "" }));
const doors = localDoors({ artefacts, doorKeys, standIns, issuer, jwksUrl: issuer, httpPort: 0, clockOffsetMs: 0 });
const facts: StandInFacts = {
  environments: Object.fromEntries(doors.map(({ name, environment }) => [name, environment])),
  fauxqs: standIns.fauxqs.endpoint,
  dynamodb: endpoint,
  streamArn: standIns.dynamodb.streamArn,
};
process.send?.(facts);
await new Promise((resolve) => process.once("disconnect", resolve));
