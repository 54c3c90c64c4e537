import { describe, expect, it } from "vitest";
import { partitions } from "#shared/store/keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { newSender } from "#test/stage/composed-mail.ts";
import { news, outbox, tableOf } from "#test/stage/doors.ts";
import { Died, mortal } from "#test/stage/dying.ts";
import { claim, publishNow, throwFirst, writeItem } from "#test/stage/publishing.ts";
import { deliverAll, field, mailsTo, outboxIds } from "#test/stage/sent-mail.ts";
import { useStage } from "#test/stage/stage.ts";
import { post, subscribe, tokenIn } from "#test/stage/subscriber.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const hour = 3_600_000;

/** Publishes, and lets the hour pass in which further releases are gathered. */
async function publishAndTell(tenant: TenantScope, wait = hour): Promise<number> {
  const release = await publishNow(stage, tenant);
  await tell(tenant, wait);
  return release;
}

async function tell(tenant: TenantScope, wait: number): Promise<void> {
  stage.clock.forward(wait + 1_000);
  throwFirst(await news(stage)(stage.clock.now()));
  await deliverAll(stage, tenant);
}

/** Mails about releases, without the one that asked. */
const told = (address: string) => mailsTo(stage, address).slice(1);

describe("a release", () => {
  it("is told of once, an hour later, with the labels that moved and a way out", async () => {
    const [tenant, address] = [await newTenant(stage), newSender()];
    await writeItem(tenant, "claims", claim("mounts", { title: "Mounts are checked" }));
    await publishAndTell(tenant);
    await subscribe(stage, tenant, address);
    await writeItem(
      tenant,
      "claims",
      claim("mounts", { title: "Mounts are checked", label: { maturity: "enforced" } }),
    );
    await writeItem(tenant, "claims", claim("new"));
    await publishNow(stage, tenant);
    await tell(tenant, hour / 2);
    expect(told(address)).toEqual([]);
    await tell(tenant, hour / 2);
    await tell(tenant, hour);
    const [mail, ...more] = told(address);
    expect(more).toEqual([]);
    expect(mail?.text).toContain("Mounts are checked: beta -> enforced");
    expect(mail?.text).toContain("1 new");
    expect(mail?.text).toContain(`http://${tenant.tenant}.localhost:8080/releases/1/diff/2`);
    expect(field(mail, "To")).toBe(address);
    expect(field(mail, "List-Unsubscribe")).toContain(tokenIn(mail, "unsubscribe"));
    expect((await post(stage, tenant, "/subscribe/unsubscribe", { token: tokenIn(mail, "unsubscribe") })).status).toBe(
      200,
    );
    await writeItem(tenant, "claims", claim("newer"));
    await publishAndTell(tenant);
    expect(told(address)).toHaveLength(1);
  });

  it("is told of weekly to whoever asked for that, with all that came meanwhile in one mail", async () => {
    const [tenant, address] = [await newTenant(stage), newSender()];
    await subscribe(stage, tenant, address, { every: "week" });
    for (const id of ["a", "b", "c"]) {
      await writeItem(tenant, "claims", claim(id));
      await publishAndTell(tenant);
    }
    expect(told(address)).toHaveLength(1);
    await tell(tenant, 7 * 24 * hour);
    expect(told(address)).toHaveLength(2);
    expect(told(address)[1]?.text).toContain("/releases/1/diff/3");
    await tell(tenant, 7 * 24 * hour);
    expect(told(address)).toHaveLength(2);
  });

  it("is not told of to whoever did not confirm", async () => {
    const [tenant, address] = [await newTenant(stage), newSender()];
    await post(stage, tenant, "/subscribe", { address });
    await writeItem(tenant, "claims", claim("a"));
    await publishAndTell(tenant);
    expect(told(address)).toEqual([]);
  });

  it("reaches everybody once, wherever a run dies and however often it runs", async () => {
    const tenant = await newTenant(stage);
    const addresses = Array.from({ length: 3 }, newSender);
    for (const address of addresses) await subscribe(stage, tenant, address);
    await writeItem(tenant, "claims", claim("a"));
    await publishNow(stage, tenant);
    stage.clock.forward(hour + 1_000);
    let deaths = 0;
    for (let at = 1; at < 12; at++) {
      for (const when of ["before", "after"] as const) {
        const { ports } = mortal({ table: tableOf(stage, "news") }, { at, when });
        const run = news(stage, ports.table);
        const failed = await run(stage.clock.now()).catch((error: unknown) => [{ error }]);
        for (const { error } of failed) expect(error).toBeInstanceOf(Died);
        deaths += failed.length;
      }
    }
    expect(deaths).toBeGreaterThan(5);
    throwFirst(await news(stage)(stage.clock.now()));
    const deliver = outbox(stage);
    for (const id of await outboxIds(tenant))
      for (let twice = 0; twice < 2; twice++) await deliver({ tenant: tenant.tenant, id }, "o");
    expect(addresses.map((address) => told(address).length)).toEqual([1, 1, 1]);
  });
});

describe("the door that tells", () => {
  it("opens no address: it has no right to", async () => {
    const tenant = await newTenant(stage);
    const { items } = await stage.table.list({ partition: partitions.subscribers(tenant.tenant) });
    expect(items).toEqual([]);
    for (const pk of [
      partitions.outbox(tenant.tenant),
      partitions.members(tenant.tenant),
      partitions.audit(tenant.tenant),
    ])
      await expect(tableOf(stage, "news").get({ pk, sk: "x" })).rejects.toThrow(/not authorized/);
    for (const pk of [partitions.outbox(tenant.tenant), partitions.draft(tenant.tenant)])
      await expect(tableOf(stage, "subscriptions").get({ pk, sk: "x" })).rejects.toThrow(/not authorized/);
    await expect(
      tableOf(stage, "subscriptions").list({ partition: partitions.subscribers(tenant.tenant) }),
    ).rejects.toThrow(/not authorized/);
  });
});
