import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { seedDemo } from "#infra/local/seed.ts";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { scopeOfWork } from "#shared/access/scope.ts";
import { readDraft } from "#shared/store/drafts.ts";
import { readReleasePointer } from "#shared/store/public-releases.ts";
import { listPublications } from "#shared/store/publications.ts";
import { notary, publisher, trustSite } from "#test/stage/doors.ts";
import { minute } from "#test/stage/movable-clock.ts";
import { publishNow, throwFirst } from "#test/stage/publishing.ts";
import { region, tableName, useStage } from "#test/stage/stage.ts";
import { valueAt } from "./demo/facts/fact.ts";
import { policyFacts } from "./demo/facts/policies.ts";

const stage = useStage();
const seed = () => {
  const { endpoint } = stage.behind.dynamodb;
  const { credentials } = hostClient(endpoint);
  return seedDemo({
    region,
    endpoint,
    credentials,
    tableName,
    issuer: "https://login.example",
    now: stage.clock.now(),
  });
};
const draftOf = async (tenant: string) => readDraft(scopeOfWork(stage.table, tenant));

beforeAll(seed);

describe("the demo", () => {
  it.each(Object.keys(policyFacts))("stores every fact of %s", async (tenant) => {
    const { draft } = await draftOf(tenant);
    const lost = (policyFacts[tenant] ?? []).filter(([, pointer]) => valueAt(draft.content, pointer) === undefined);
    expect(lost).toEqual([]);
  });

  it("is published by the doors themselves, whole, in the first release of each tenant", {
    timeout: 60_000,
  }, async () => {
    stage.clock.forward(2 * minute);
    throwFirst(await publisher(stage).scheduled(stage.clock.now(), "run-p"));
    stage.clock.forward(2 * minute);
    throwFirst(await notary(stage).scheduled(stage.clock.now(), "run-n"));
    for (const tenant of Object.keys(policyFacts)) {
      const scope = scopeOfWork(stage.table, tenant);
      const { requests } = await listPublications(scope, { limit: 5 });
      expect([tenant, requests.map(({ state, refusal }) => [state, refusal])]).toEqual([tenant, [["done", undefined]]]);
      expect(await readReleasePointer(scope)).toMatchObject({ release: 1 });
    }
  });

  it.each(Object.keys(policyFacts))("publishes every fact of %s", async (tenant) => {
    const number = await publishNow(stage, scopeOfWork(stage.table, tenant));
    const answer = await trustSite(stage).request(`/releases/${String(number)}/body.json`, {
      headers: { host: `${tenant}.localhost` },
    });
    const { content } = (await answer.json()) as { content: unknown };
    const lost = (policyFacts[tenant] ?? []).filter(([, pointer, value]) => {
      const found = valueAt(content, pointer);
      return typeof value === "string" ? !String(found).includes(value) : !isDeepStrictEqual(found, value);
    });
    expect(lost).toEqual([]);
  });

  it("is left as it is by the next start", async () => {
    const before = await draftOf("hearth");
    await seed();
    expect(await draftOf("hearth")).toEqual(before);
  });
});
