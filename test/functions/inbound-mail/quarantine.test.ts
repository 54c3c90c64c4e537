import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openObjectWriter } from "#infra/local/storage/object-writer.ts";
import { arrive, objectsIn } from "#test/stage/arriving-mail.ts";
import { compose, marker } from "#test/stage/composed-mail.ts";
import { inboundMail } from "#test/stage/doors.ts";
import { openQuarantined } from "#test/stage/quarantined-mail.ts";
import { auditOf, outboxOf, quarantineOf, recordsOf, unroutedOn } from "#test/stage/records.ts";
import { addressOf, report } from "#test/stage/reporter.ts";
import { bucketNames, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

describe("a mail that waits for a person", () => {
  const cases: readonly [string, string][] = [
    ["spam", "X-Local-Spam: FAIL"],
    ["virus", "X-Local-Virus: FAIL"],
  ];
  it.each(cases)("is %s, kept with its reason, and answered by nothing", async (reason, field) => {
    const tenant = await newTenant(stage);
    const notice = await report(stage, tenant, { fields: [field] });
    const [item, ...others] = await quarantineOf(tenant);
    expect([item?.["reason"], others]).toEqual([reason, []]);
    expect(item).toMatchObject({ sesId: notice.mail.messageId });
    expect(await recordsOf(tenant)).toEqual([]);
    expect(await outboxOf(tenant)).toEqual([]);
    expect((await auditOf(tenant)).map(({ action }) => action)).toEqual(["mail.quarantined"]);
    expect(await objectsIn(stage, "raw", notice.receipt.action.objectKey)).toEqual([]);
  });

  it("is opened byte for byte by the tenant's staff, and by nobody from its stored form", async () => {
    const tenant = await newTenant(stage);
    const text = `${marker} ${randomUUID()}`;
    await report(stage, tenant, { text, fields: ["X-Local-Virus: FAIL"] });
    const [item] = await quarantineOf(tenant);
    const opened = (await openQuarantined(stage, tenant, item)).toString();
    expect(opened).toContain(text);
    expect(opened).toMatch(/^Return-Path: /);
    const other = await newTenant(stage);
    await report(stage, other, { fields: ["X-Local-Virus: FAIL"] });
    await expect(openQuarantined(stage, other, item)).rejects.toThrow();
  });

  it("is the same mail once more: one item", async () => {
    const tenant = await newTenant(stage);
    const notice = await report(stage, tenant, { fields: ["X-Local-Spam: FAIL"] });
    await inboundMail(stage)(notice, "request-2");
    expect(await quarantineOf(tenant)).toHaveLength(1);
  });
});

describe("bytes that are hardly a mail", () => {
  const cases: readonly [string, Buffer][] = [
    ["nothing at all", Buffer.alloc(0)],
    ["only a body", Buffer.from("\r\nno header here")],
    ["noise", Buffer.from(Array.from({ length: 4_000 }, (_, at) => (at * 89) % 256))],
    [
      "a multipart without an end",
      Buffer.from('From: r@lab.example\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x'),
    ],
    ["a header without a name", Buffer.from(": nothing\r\n\r\ntext")],
  ];
  it.each(cases)("%s is kept as one thing, a report or a quarantined mail", async (_, raw) => {
    const tenant = await newTenant(stage);
    const notice = await arrive(stage, raw, { from: "r@lab.example", to: [addressOf(tenant)] });
    await inboundMail(stage)(notice, "request-1");
    expect((await recordsOf(tenant)).length + (await quarantineOf(tenant)).length).toBe(1);
  });

  it("a mail with no header of its own, nor SES's, is quarantined as unparsable", async () => {
    const tenant = await newTenant(stage);
    const notice = await arrive(stage, compose(), { from: "r@lab.example", to: [addressOf(tenant)] });
    await overwriteRaw(notice.receipt.action.objectKey, Buffer.from("\r\n\r\nno header"));
    await inboundMail(stage)(notice, "request-1");
    expect((await quarantineOf(tenant)).map(({ reason }) => reason)).toEqual(["unparsable"]);
  });
});

describe("a mail for nobody", () => {
  it.each(["someone@no-such-tenant.localhost", "someone@elsewhere.example", "someone@localhost", "a@b.c.localhost"])(
    "to %s is kept sealed, once, and answered by nothing",
    async (to) => {
      const tenant = await newTenant(stage);
      const day = stage.clock.now().toISOString().slice(0, 10);
      const before = (await unroutedOn(tenant, day)).length;
      const notice = await arrive(stage, compose(), { from: "r@lab.example", to: [to] });
      await inboundMail(stage)(notice, "request-1");
      await inboundMail(stage)(notice, "request-2");
      const kept = await unroutedOn(tenant, day);
      expect(kept).toHaveLength(before + 1);
      const item = kept.find(({ sesId }) => sesId === notice.mail.messageId);
      expect(item).toMatchObject({ reason: "unknown-recipient" });
      expect(await objectsIn(stage, "sealed", String(item?.["object"]))).toHaveLength(1);
      expect(await objectsIn(stage, "raw", notice.receipt.action.objectKey)).toEqual([]);
    },
  );
});

async function overwriteRaw(key: string, bytes: Buffer): Promise<void> {
  const writer = openObjectWriter(stage.behind.fauxqs.endpoint, bucketNames.raw);
  await writer.put(key, bytes);
  writer.close();
}
