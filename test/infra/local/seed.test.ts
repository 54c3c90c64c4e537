import { beforeAll, describe, expect, it } from "vitest";
import { seedDemo } from "#infra/local/seed.ts";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { scopeOfWork } from "#shared/access/scope.ts";
import { readDraft } from "#shared/store/drafts.ts";
import { region, tableName, useStage } from "#test/stage/stage.ts";
import { valueAt } from "./demo/facts/fact.ts";
import { policyFacts } from "./demo/facts/policies.ts";

const stage = useStage();
const seed = () => {
  const { endpoint } = stage.behind.dynamodb;
  const { credentials } = hostClient(endpoint);
  return seedDemo({ region, endpoint, credentials, tableName, issuer: "https://login.example" });
};
const draftOf = async (tenant: string) => readDraft(scopeOfWork(stage.table, tenant));

beforeAll(seed);

describe("the demo", () => {
  it.each(Object.keys(policyFacts))("stores every fact of %s", async (tenant) => {
    const { draft } = await draftOf(tenant);
    const lost = (policyFacts[tenant] ?? []).filter(([, pointer]) => valueAt(draft.content, pointer) === undefined);
    expect(lost).toEqual([]);
  });

  it("is left as it is by the next start", async () => {
    const before = await draftOf("hearth");
    await seed();
    expect(await draftOf("hearth")).toEqual(before);
  });
});
