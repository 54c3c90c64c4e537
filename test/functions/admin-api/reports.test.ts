import { DisableKeyCommand, EnableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { describe, expect, it } from "vitest";
import { hostClient } from "#infra/local/storage/host-client.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { type ApiClient, useApi } from "#test/stage/api-client.ts";
import { newSender } from "#test/stage/composed-mail.ts";
import { auditOf, onlyRecord } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { deliverAll, field, mailsTo } from "#test/stage/sent-mail.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);

interface Page {
  readonly items: readonly { readonly id: string; readonly number: string; readonly subject: string }[];
  readonly cursor?: string;
}

const json = async <Body>(answer: Response | Promise<Response>): Promise<Body> => (await (await answer).json()) as Body;
const list = (tenant: TenantScope, query: string, as?: Parameters<ApiClient["get"]>[2]) =>
  json<Page>(api.get(tenant, `reports${query}`, as));

describe("the list of reports", () => {
  it("is newest first and goes on by cursor until nothing is left out or told twice", async () => {
    const tenant = await newTenant(stage);
    for (let mail = 0; mail < 7; mail++) {
      await report(stage, tenant);
      stage.clock.forward(1_000);
    }
    const all = (await list(tenant, "")).items.map(({ id }) => id);
    expect(all).toHaveLength(7);
    const paged: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined; ) {
      const page: Page = await list(tenant, `?limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`);
      expect(page.items.length).toBeLessThanOrEqual(3);
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.cursor;
    }
    expect(paged).toEqual(all);
  });

  it("opens nothing and shows nothing of what was written", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { subject: "heap overflow" });
    const before = stage.kms.calls.Decrypt;
    const page = await list(tenant, "");
    expect(page.items[0]).toMatchObject({
      state: "new",
      flags: [],
      messages: 2,
      subject: "Report by mail, not opened",
    });
    expect(stage.kms.calls.Decrypt).toBe(before);
    expect(await auditOf(tenant)).toHaveLength(1);
  });

  it("goes on by no cursor that is another tenant's, another list's, changed or made up", async () => {
    const [own, other] = [await newTenant(stage), await newTenant(stage)];
    for (const tenant of [own, own, other, other]) await report(stage, tenant);
    const { cursor: theirs = "" } = await list(other, "?limit=1");
    const { cursor = "" } = await list(own, "?limit=1");
    expect((await list(own, `?limit=7&cursor=${cursor}`)).items).toHaveLength(1);
    const changed = (at: number) => `${cursor.slice(0, at)}${cursor[at] === "A" ? "B" : "A"}${cursor.slice(at + 1)}`;
    const { id = "" } = (await list(own, "")).items[0] ?? {};
    expect((await api.get(own, `reports/${id}/messages?cursor=${cursor}`)).status).toBe(400);
    const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const position = { receivedAt: "2026-11-18T10:00:00.000Z", id: "a".repeat(26) };
    for (const bad of [
      ...[theirs, changed(0), changed(20), changed(cursor.length - 2), cursor.slice(0, -4), "", "x", "%F0"],
      forged({}),
      forged({ ...position, tenant: other.tenant }),
      forged({ ...position, id: "../x" }),
      forged(null),
    ]) {
      expect((await api.get(own, `reports?cursor=${bad}`)).status).toBe(400);
    }
  });

  it.each(["limit=0", "limit=101", "limit=x", "limit=1.5", "colour=red"])("refuses %s", async (query) => {
    expect((await api.get(await newTenant(stage), `reports?${query}`)).status).toBe(422);
  });
});

describe("a report", () => {
  it("says what the reporter called it, how it stands, and how it was acknowledged", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { subject: "=?utf-8?Q?=C3=9Cberlauf?=" });
    const { report: found } = await onlyRecord(tenant);
    await deliverAll(stage, tenant);
    const detail = await json<Record<string, unknown>>(api.get(tenant, `reports/${found.id}`));
    expect(detail).toMatchObject({
      ...{ id: found.id, number: found.number, subject: "Überlauf", state: "new", flags: [] },
      clocks: { acknowledge: { commitment: "PT48H" }, acknowledgedAt: stage.clock.now().toISOString() },
      acknowledgement: { by: "mail", state: "sent" },
    });
  });

  it("opens with its messages, in order, with both texts and how the answer fared", async () => {
    const tenant = await newTenant(stage);
    const from = newSender();
    await report(stage, tenant, { from, subject: "s", text: "first words", messageId: "m1@lab.example" });
    await deliverAll(stage, tenant);
    stage.clock.forward(1_000);
    const reply = field(mailsTo(stage, from)[0], "Reply-To");
    await report(stage, tenant, { from, text: "second words" }, { to: [reply] });
    const { report: found } = await onlyRecord(tenant);
    const { items } = await json<{ items: Record<string, unknown>[] }>(api.get(tenant, `reports/${found.id}/messages`));
    expect(items).toMatchObject([
      {
        direction: "in",
        kind: "message",
        text: expect.stringContaining("first words"),
        messageId: "m1@lab.example",
        from: { address: from },
      },
      {
        direction: "out",
        kind: "auto-reply",
        text: expect.stringContaining(found.number),
        delivery: { state: "sent" },
      },
      { direction: "in", kind: "message", text: expect.stringContaining("second words") },
    ]);
  });

  it("gives its messages by pages, and numbers attachments alike however they are asked for", async () => {
    const tenant = await newTenant(stage);
    const from = newSender();
    const attached = (names: string[]) => names.map((name) => ({ name, bytes: Buffer.from(name) }));
    await report(stage, tenant, { from, attachments: attached(["a", "b"]) });
    await deliverAll(stage, tenant);
    const to = [field(mailsTo(stage, from)[0], "Reply-To")];
    for (const name of ["c", "d"]) {
      stage.clock.forward(1_000);
      await report(stage, tenant, { from, attachments: attached([name]) }, { to });
    }
    const { report: found } = await onlyRecord(tenant);
    const seen: [string, number][] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined; ) {
      const path: string = `reports/${found.id}/messages?limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`;
      const page = await json<{ items: { attachments: { fileName: string; n: number }[] }[]; cursor?: string }>(
        api.get(tenant, path),
      );
      expect(page.items).toHaveLength(1);
      seen.push(
        ...page.items.flatMap(({ attachments }) =>
          attachments.map(({ fileName, n }) => [fileName, n] as [string, number]),
        ),
      );
      cursor = page.cursor;
    }
    expect(seen).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 3],
      ["d", 4],
    ]);
    for (const [name, n] of seen) {
      expect(await (await api.get(tenant, `reports/${found.id}/attachments/${String(n)}`)).text()).toBe(name);
    }
    for (const n of ["0", "5", "x", "-1", "1e0", "99999999"]) {
      expect((await api.get(tenant, `reports/${found.id}/attachments/${n}`)).status).toBe(404);
    }
  });

  it("is read without reading every message of a long conversation", async () => {
    const tenant = await newTenant(stage);
    const from = newSender();
    await report(stage, tenant, { from, text: "x".repeat(90_000) });
    await deliverAll(stage, tenant);
    const to = [field(mailsTo(stage, from)[0], "Reply-To")];
    for (let answer = 0; answer < 3; answer++) {
      stage.clock.forward(1_000);
      await report(stage, tenant, { from }, { to });
    }
    const { report: found } = await onlyRecord(tenant);
    const limits: unknown[] = [];
    stage.faults.table = ({ operation }) => void limits.push(operation);
    await api.get(tenant, `reports/${found.id}`).finally(() => stage.faults.clear());
    expect(limits.filter((operation) => operation === "Query")).toHaveLength(1);
  });
});

describe("opening", () => {
  it.each([
    ["report.opened", ""],
    ["messages.opened", "/messages"],
    ["attachment.opened", "/attachments/1"],
  ])("leaves the event %s, of who and what, before KMS is asked", async (action, path) => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { attachments: [{ name: "a", bytes: Buffer.from("a") }] });
    const { report: found } = await onlyRecord(tenant);
    const order: string[] = [];
    stage.faults.table = ({ operation }) => void (operation === "PutItem" && order.push("event"));
    stage.faults.keys = (call) => void (call.action === "kms:Decrypt" && order.push("decrypt"));
    const answer = await api.get(tenant, `reports/${found.id}${path}`).finally(() => stage.faults.clear());
    await answer.arrayBuffer();
    expect(order.slice(0, 2)).toEqual(["event", "decrypt"]);
    const event = (await auditOf(tenant)).find((one) => one["action"] === action);
    expect(event).toMatchObject({ target: { report: found.id } });
    expect(event?.["actor"]).not.toHaveProperty("door");
  });

  it.each(["", "/messages", "/attachments/1", "/messages/first/raw"])(
    "does not take place at %j when the event can't be written",
    async (path) => {
      const tenant = await newTenant(stage);
      await report(stage, tenant, { attachments: [{ name: "a", bytes: Buffer.from("a") }] });
      const { report: found, messages } = await onlyRecord(tenant);
      const before = stage.kms.calls.Decrypt;
      stage.faults.table = ({ operation }) => (operation === "PutItem" ? { name: "InternalServerError" } : undefined);
      const where = path.replace("first", messages[0]?.id ?? "");
      const answer = await api.get(tenant, `reports/${found.id}${where}`).finally(() => stage.faults.clear());
      expect(answer.status).toBe(500);
      expect(await answer.text()).not.toContain("Internal server error");
      expect(stage.kms.calls.Decrypt).toBe(before);
      expect(api.errors.splice(0)).toHaveLength(1);
    },
  );

  it("answers 503 while the key is shut off, and goes on when it is enabled again", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant);
    const { report: found } = await onlyRecord(tenant);
    await kms(new DisableKeyCommand({ KeyId: stage.keys.sealing }));
    for (const path of ["", "/messages"]) {
      const answer = await api.get(tenant, `reports/${found.id}${path}`);
      expect(answer.status).toBe(503);
      expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    }
    expect((await api.get(tenant, "reports")).status).toBe(200);
    await kms(new EnableKeyCommand({ KeyId: stage.keys.sealing }));
    expect((await api.get(tenant, `reports/${found.id}/messages`)).status).toBe(200);
    expect(api.errors).toEqual([]);
  });
});

async function kms(command: DisableKeyCommand | EnableKeyCommand): Promise<void> {
  const client = new KMSClient(hostClient(stage.endpoints.kms));
  await (command instanceof DisableKeyCommand ? client.send(command) : client.send(command));
  client.destroy();
}
