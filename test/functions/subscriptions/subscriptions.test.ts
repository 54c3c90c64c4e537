import { describe, expect, it } from "vitest";
import { bounceEvent, complaintEvent } from "#infra/local/ses/sending-events.ts";
import { SesEvent } from "#shared/mail/ses-event.ts";
import { partitions } from "#shared/store/keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { newSender } from "#test/stage/composed-mail.ts";
import { mailFeedback } from "#test/stage/doors.ts";
import { auditOf } from "#test/stage/records.ts";
import { deliverAll, field, mailsTo } from "#test/stage/sent-mail.ts";
import { useStage } from "#test/stage/stage.ts";
import { post, subscribe, tokenIn } from "#test/stage/subscriber.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

const stored = async (tenant: TenantScope) =>
  (await stage.table.list({ partition: partitions.subscribers(tenant.tenant), prefix: "ID#" })).items;

describe("a visitor who wants to be told", () => {
  it("is asked by mail, and told of nothing before the address confirms it", async () => {
    const [tenant, address] = [await newTenant(stage), newSender()];
    const answer = await post(stage, tenant, "/subscribe", { address, every: "week", language: "de" }, true);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/subscribe/sent"]);
    await deliverAll(stage, tenant);
    const [mail, ...more] = mailsTo(stage, address);
    expect(more).toEqual([]);
    expect(mail?.subject).toContain("Kestrel Works");
    expect(mail?.text.split("\n").filter((line) => line.length > 72 && !line.includes("http"))).toEqual([]);
    expect((await stored(tenant))[0]).toMatchObject({ state: "pending", every: "week", language: "de" });
    const token = tokenIn(mail, "confirm");
    const confirmed = await post(stage, tenant, "/subscribe/confirm", { token }, true);
    expect(confirmed.headers.get("location")).toBe("/subscribe/confirmed");
    expect((await stored(tenant))[0]).toMatchObject({ state: "active" });
    expect((await auditOf(tenant)).map(({ action }) => action)).toContain("subscription.confirmed");
  });

  it("leaves no address in the table that anybody but the outbox could read", async () => {
    const [tenant, address] = [await newTenant(stage), newSender()];
    await subscribe(stage, tenant, address);
    const items = [...(await stored(tenant)), ...(await auditOf(tenant))];
    const seen = items.map((item) =>
      JSON.stringify(item, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value)),
    );
    for (const text of seen) expect(text).not.toContain(address.split("@")[0]);
  });

  it("can be confirmed twice, and not with another token", async () => {
    const [tenant, address] = [await newTenant(stage), newSender()];
    const token = await subscribe(stage, tenant, address);
    expect((await post(stage, tenant, "/subscribe/confirm", { token })).status).toBe(200);
    const other = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
    for (const wrong of [other, "", "x", `${"0".repeat(32)}.${"A".repeat(43)}`])
      expect([wrong, (await post(stage, tenant, "/subscribe/confirm", { token: wrong })).status]).toEqual([wrong, 404]);
    const elsewhere = await newTenant(stage);
    expect((await post(stage, elsewhere, "/subscribe/confirm", { token })).status).toBe(404);
  });

  it("learns nothing of who is subscribed, and a stranger can't fill a mailbox", async () => {
    const [tenant, address] = [await newTenant(stage), newSender()];
    await subscribe(stage, tenant, address);
    for (let i = 0; i < 6; i++) {
      const again = await post(stage, tenant, "/subscribe", { address: address.toUpperCase() });
      expect([again.status, await again.json()]).toEqual([202, { state: "asked" }]);
    }
    await deliverAll(stage, tenant);
    // One asked for the confirmation, two said that it is told already.
    expect(mailsTo(stage, address)).toHaveLength(3);
    expect(stage.mailbox.list(10_000).filter(({ to }) => to.includes(address.toUpperCase()))).toEqual([]);
    expect((await stored(tenant))[0]).toMatchObject({ state: "active", asks: 3 });
  });
});

describe("whoever had enough", () => {
  it("ends it by one click of the mail program (RFC 8058), by the page, and twice", async () => {
    const [tenant, address] = [await newTenant(stage), newSender()];
    await post(stage, tenant, "/subscribe", { address });
    await deliverAll(stage, tenant);
    const [mail] = mailsTo(stage, address);
    expect(field(mail, "List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
    expect(field(mail, "Auto-Submitted")).toBe("auto-generated");
    const link =
      /<http:\/\/[^/]+(\/subscribe\/unsubscribe\?token=[^>]+)>/.exec(field(mail, "List-Unsubscribe"))?.[1] ?? "";
    const click = () => post(stage, tenant, link, { "List-Unsubscribe": "One-Click" }, true);
    expect((await click()).status).toBe(200);
    expect(await stored(tenant)).toEqual([]);
    expect((await click()).status).toBe(200);
    const page = await post(stage, tenant, "/subscribe/unsubscribe", { token: link.split("token=")[1] ?? "" }, true);
    expect(page.headers.get("location")).toBe("/subscribe/ended");
    const wrong = await post(stage, await newTenant(stage), link, { "List-Unsubscribe": "One-Click" });
    expect(wrong.status).toBe(404);
  });

  it("is forgotten when the address is gone or calls the mail unwanted", async () => {
    const place = { region: "us-east-1", accountId: "000000000000" };
    for (const kind of ["bounce", "complaint"] as const) {
      const [tenant, address] = [await newTenant(stage), newSender()];
      await subscribe(stage, tenant, address);
      const [mail] = mailsTo(stage, address);
      if (!mail) throw new Error("Nothing was sent.");
      const now = stage.clock.now();
      const event =
        kind === "bounce"
          ? bounceEvent(mail, place, now, { bounceType: "Permanent", bounceSubType: "General", feedbackId: "f-1" })
          : complaintEvent(mail, place, now, "f-2");
      await mailFeedback(stage)(SesEvent.parse(event));
      await mailFeedback(stage)(SesEvent.parse(event));
      expect([kind, await stored(tenant)]).toEqual([kind, []]);
      const ends = (await auditOf(tenant)).filter(({ action }) => action === "subscription.ended");
      expect(ends).toHaveLength(1);
    }
  });
});

describe("input that is not as it should be", () => {
  it.each([
    ["no address", { address: "nobody" }, 422],
    ["a header in the address", { address: "a@b.example\r\nBcc: c@d.example" }, 422],
    ["a field that is not known", { address: "a@b.example", admin: "yes" }, 422],
    ["another language", { address: "a@b.example", language: "xx" }, 422],
    ["more than fits", { address: `${"a".repeat(5_000)}@b.example` }, 413],
  ])("%s is refused, with nothing kept", async (_, body, status) => {
    const tenant = await newTenant(stage);
    expect((await post(stage, tenant, "/subscribe", body)).status).toBe(status);
    expect(await stored(tenant)).toEqual([]);
  });

  it("a person is shown the form again", async () => {
    const tenant = await newTenant(stage);
    const answer = await post(stage, tenant, "/subscribe", { address: "nobody" }, true);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/subscribe?fault=address"]);
  });

  it("a suspended tenant takes none", async () => {
    const standing = { state: "suspended", reason: "Unpaid.", since: "2026-11-01T00:00:00.000Z" } as const;
    const tenant = await newTenant(stage, { standing });
    expect((await post(stage, tenant, "/subscribe", { address: newSender() })).status).toBe(503);
  });
});
