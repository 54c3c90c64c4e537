import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changedHostClaim, holderOfHost, newHostClaimWrite, readHostClaim } from "#shared/store/hosts.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { challengeOf, type HostClaim, newHostClaim, withdrawn } from "#shared/tenant/host-claim.ts";
import { HostName } from "#shared/tenant/host-name.ts";
import { hostCheck, tableOf, trustSite } from "#test/stage/doors.ts";
import { day, hour, minute } from "#test/stage/movable-clock.ts";
import { type NameServer, startNameServer } from "#test/stage/name-server.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
let server: NameServer;
let host: HostName;
beforeAll(async () => {
  server = await startNameServer();
});
afterAll(() => server.close());
beforeEach(() => {
  // Claims of tests before are due too: their names are asked for, and are not there.
  server.records.clear();
  host = HostName.parse(`trust.${randomBytes(5).toString("hex")}.example`);
});

/** Claims the host of the test, as the API does. */
async function claim(scope: TenantScope): Promise<HostClaim> {
  const now = stage.clock.now();
  const made = newHostClaim(host, randomBytes(32), now);
  await stage.table.write(newHostClaimWrite(scope, await readHostClaim(scope, host), made, now));
  return made;
}

const withdraw = async (scope: TenantScope): Promise<void> => {
  const before = await readHostClaim(scope, host);
  const now = stage.clock.now();
  if (before) await stage.table.write(changedHostClaim(scope, before, withdrawn(before, now), now));
};

/** Sets the TXT records of the challenge. */
const publish = (...values: readonly string[]): unknown =>
  server.records.set(
    `_candor-challenge.${host}`,
    values.map((value) => [value]),
  );

/** Time passes, and the rule runs. */
async function check(later = minute): Promise<void> {
  stage.clock.forward(later);
  expect(await hostCheck(stage, server)()).toEqual([]);
}

const stateOf = async (scope: TenantScope): Promise<string | undefined> => (await readHostClaim(scope, host))?.state;
const holder = (): Promise<string | undefined> => holderOfHost(stage.table, host);
const visit = async (): Promise<Response> => trustSite(stage).request("/", { headers: { host: `${host}:443` } });
const actions = async (scope: TenantScope): Promise<unknown[]> =>
  (await auditOf(scope)).map(({ action, actor, target }) => ({ action, actor, target }));

describe("a host of a tenant's own", () => {
  it("is given to the tenant once its record is there, and serves it", async () => {
    const kestrel = await newTenant(stage);
    const made = await claim(kestrel);
    await check();
    expect([await stateOf(kestrel), await holder(), (await visit()).status]).toEqual(["pending", undefined, 421]);
    publish("v=spf1 -all", challengeOf(made, kestrel.tenant).value);
    await check();
    expect([await stateOf(kestrel), await holder()]).toEqual(["verified", kestrel.tenant]);
    const answer = await visit();
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(`security@${kestrel.tenant}.localhost`);
    expect(await actions(kestrel)).toEqual([
      { action: "host.verified", actor: { door: "host-check" }, target: { host } },
    ]);
  });

  it("is proven by a record in several strings too", async () => {
    const kestrel = await newTenant(stage);
    const { name, value } = challengeOf(await claim(kestrel), kestrel.tenant);
    server.records.set(name, [[value.slice(0, 20), value.slice(20)]]);
    await check();
    expect(await stateOf(kestrel)).toBe("verified");
  });

  it("is looked up again each day and no earlier", async () => {
    const kestrel = await newTenant(stage);
    publish(challengeOf(await claim(kestrel), kestrel.tenant).value);
    await check();
    server.asked.length = 0;
    const ours = () => server.asked.filter((name) => name.endsWith(host)).length;
    await check(day - minute);
    expect(ours()).toBe(0);
    await check(minute);
    expect(ours()).toBe(1);
  });

  it.each([
    ["the record is taken away", () => server.records.delete(`_candor-challenge.${host}`)],
    ["the name has no TXT record", () => server.records.set(`_candor-challenge.${host}`, "no-data")],
    ["another value stands there", () => publish("candor-challenge=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")],
    ["its servers fail", () => server.records.set(`_candor-challenge.${host}`, "server-failure")],
  ])("is served for seven days with a warning when %s, and then is lost", async (_, change) => {
    const kestrel = await newTenant(stage);
    publish(challengeOf(await claim(kestrel), kestrel.tenant).value);
    await check();
    change();
    await check(day);
    expect([await stateOf(kestrel), (await visit()).status]).toEqual(["failing", 200]);
    await check(7 * day - hour);
    expect([await stateOf(kestrel), (await visit()).status]).toEqual(["failing", 200]);
    await check(hour);
    expect([await stateOf(kestrel), await holder(), (await visit()).status]).toEqual(["lost", undefined, 421]);
    const words = (await actions(kestrel)).map((event) => (event as { action: string }).action);
    expect(words).toEqual(["host.verified", "host.failing", "host.lost"]);
    // Lost is lost: the record alone does not bring it back.
    publish(challengeOf((await readHostClaim(kestrel, host)) as HostClaim, kestrel.tenant).value);
    await check(day);
    expect(await stateOf(kestrel)).toBe("lost");
  });

  it("that nobody answers for is no failure of the run", async () => {
    const kestrel = await newTenant(stage);
    await claim(kestrel);
    server.records.set(`_candor-challenge.${host}`, "silence");
    await check();
    expect(await readHostClaim(kestrel, host)).toMatchObject({ state: "pending", obstacle: "no-answer" });
  }, 30_000);

  it("comes and goes with a record that changes from look-up to look-up", async () => {
    const kestrel = await newTenant(stage);
    const { value } = challengeOf(await claim(kestrel), kestrel.tenant);
    publish(value);
    await check();
    const seen: (string | undefined)[] = [];
    for (let turn = 0; turn < 6; turn++) {
      publish(turn % 2 === 0 ? "something else" : value);
      await check(day);
      seen.push(await stateOf(kestrel));
    }
    expect(seen).toEqual(["failing", "verified", "failing", "verified", "failing", "verified"]);
    expect((await visit()).status).toBe(200);
  });
});

describe("a host that two tenants claim", () => {
  it("is not given by a record that is another tenant's", async () => {
    const [kestrel, merlin] = [await newTenant(stage), await newTenant(stage)];
    const mine = await claim(kestrel);
    await claim(merlin);
    publish(challengeOf(mine, merlin.tenant).value);
    await check();
    expect([await stateOf(kestrel), await stateOf(merlin), await holder()]).toEqual(["pending", "pending", undefined]);
  });

  it("goes to one of them where both are proven at once", async () => {
    const [kestrel, merlin] = [await newTenant(stage), await newTenant(stage)];
    publish(
      challengeOf(await claim(kestrel), kestrel.tenant).value,
      challengeOf(await claim(merlin), merlin.tenant).value,
    );
    stage.clock.forward(minute);
    await Promise.all([hostCheck(stage, server)(), hostCheck(stage, server)()]);
    await check();
    await check();
    const states = [await stateOf(kestrel), await stateOf(merlin)].sort();
    expect(states).toEqual(["pending", "verified"]);
    const winner = (await stateOf(kestrel)) === "verified" ? kestrel : merlin;
    expect(await holder()).toBe(winner.tenant);
    expect(await (await visit()).text()).toContain(`security@${winner.tenant}.localhost`);
  });

  it("stays with who has it while its record stands, and changes hands when it was lost", async () => {
    const [kestrel, merlin] = [await newTenant(stage), await newTenant(stage)];
    const first = challengeOf(await claim(kestrel), kestrel.tenant).value;
    publish(first);
    await check();
    const second = challengeOf(await claim(merlin), merlin.tenant).value;
    publish(first, second);
    await check();
    expect(await readHostClaim(merlin, host)).toMatchObject({ state: "pending", obstacle: "held-elsewhere" });
    expect(await (await visit()).text()).toContain(`security@${kestrel.tenant}.localhost`);
    // The name was sold: its new owner leaves the one record.
    publish(second);
    await check(day);
    await check(7 * day);
    await check(hour);
    expect([await stateOf(kestrel), await stateOf(merlin), await holder()]).toEqual([
      "lost",
      "verified",
      merlin.tenant,
    ]);
    expect(await (await visit()).text()).toContain(`security@${merlin.tenant}.localhost`);
  });

  it("is free at once when its tenant withdraws", async () => {
    const [kestrel, merlin] = [await newTenant(stage), await newTenant(stage)];
    publish(challengeOf(await claim(kestrel), kestrel.tenant).value);
    await check();
    await withdraw(kestrel);
    expect((await visit()).status).toBe(421);
    publish(challengeOf(await claim(merlin), merlin.tenant).value);
    await check();
    await check();
    expect([await stateOf(kestrel), await stateOf(merlin), await holder()]).toEqual([
      undefined,
      "verified",
      merlin.tenant,
    ]);
  });
});

describe("the door", () => {
  it("can't see what a tenant keeps", async () => {
    const { tenant } = await newTenant(stage);
    const table = tableOf(stage, "host-check");
    for (const pk of [`TENANT#${tenant}#`, `MEMBER#${tenant}#`, `REPORT#${tenant}#r1#`, `OUTBOX#${tenant}#`])
      await expect(table.get({ pk, sk: "x" })).rejects.toThrow(/not authorized/);
  });
});
