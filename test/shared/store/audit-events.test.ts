import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { scopeOfWork } from "#shared/access/scope.ts";
import type { AuditAction } from "#shared/audit/action.ts";
import type { Actor, KeptEvent } from "#shared/audit/event.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { type AuditQuestion, eraseAuditEvent, listAuditEvents } from "#shared/store/audit-events.ts";
import { partitions } from "#shared/store/keys.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
let scope: TenantScope;

const minute = (n: number) => new Date(Date.UTC(2026, 4, 1, 0, n));
const count = 1_300;
const actors: readonly Actor[] = [{ member: "ann" }, { door: "outbox" }, { stranger: "zoe" }];
const actions: readonly AuditAction[] = ["report.opened", "key.version-retired", "key.version-kept"];

/** One event a minute; what it is of follows from the minute. */
const eventAt = (n: number) => ({
  at: minute(n),
  actor: actors[n % 3] ?? { door: "none" },
  action: actions[n % 3] ?? "report.opened",
  target: { report: `r${String(n % 7)}`, n: String(n) },
  request: `q${String(n % 500)}`,
});

beforeAll(async () => {
  scope = await newTenant(stage);
  for (let start = 0; start < count; start += 100)
    await scope.table.transact(
      Array.from({ length: 100 }, (_, i) => auditWrite(scope, eventAt(start + i), randomBytes)),
    );
});

const numberOf = (kept: KeptEvent): number => ("event" in kept ? Number(kept.event.target["n"]) : -1);

/** All pages. */
async function ask(question: Partial<AuditQuestion>) {
  const found: number[] = [];
  for (let after: AuditQuestion["after"]; ; ) {
    const page = await listAuditEvents(scope, { filter: {}, limit: 100, ...question, after });
    expect(page.events.length).toBeLessThanOrEqual(question.limit ?? 100);
    found.push(...page.events.map(numberOf));
    if (!page.next) return found;
    after = page.next;
  }
}
const where = (holds: (n: number) => boolean, from = 0, to = count) =>
  Array.from({ length: to - from }, (_, i) => to - 1 - i).filter(holds);

describe("a tenant's audit events", () => {
  it("come newest first, page by page, each once", async () => {
    expect(await ask({})).toEqual(where(() => true));
    const span = { from: minute(100).toISOString(), to: minute(130).toISOString() };
    expect(await ask({ ...span, limit: 7 })).toEqual(where(() => true, 100, 130));
  });

  it("are found in a span of time: from its first instant, up to but not including its last", async () => {
    const span = { from: minute(10).toISOString(), to: minute(20).toISOString() };
    expect(await ask(span)).toEqual(where(() => true, 10, 20));
    expect(await ask({ ...span, limit: 3 })).toEqual(where(() => true, 10, 20));
    expect(await ask({ to: minute(3).toISOString() })).toEqual([2, 1, 0]);
    expect(await ask({ from: minute(count).toISOString() })).toEqual([]);
  });

  it.each<[string, AuditQuestion["filter"], (n: number) => boolean]>([
    ["an actor", { actor: "ann" }, (n) => n % 3 === 0],
    ["a door", { actor: "outbox" }, (n) => n % 3 === 1],
    ["a stranger", { actor: "zoe" }, (n) => n % 3 === 2],
    ["an action", { action: "report.opened" }, (n) => n % 3 === 0],
    ["how an action begins", { action: "key." }, (n) => n % 3 !== 0],
    ["a target", { target: "r3" }, (n) => n % 7 === 3],
    ["a request", { request: "q499" }, (n) => n % 500 === 499],
    ["several things at once", { actor: "ann", target: "r3" }, (n) => n % 21 === 3],
    ["what nobody did", { actor: "nobody" }, () => false],
  ])("are found by %s", async (_, filter, holds) => {
    expect(await ask({ filter })).toEqual(where(holds));
    const span = { from: minute(480).toISOString(), to: minute(540).toISOString() };
    expect(await ask({ filter, limit: 3, ...span })).toEqual(where(holds, 480, 540));
  });

  it("takes so much work for a page and no more, however few events pass", async () => {
    let reads = 0;
    const counted: Table = {
      ...scope.table,
      list(question) {
        reads++;
        return scope.table.list(question);
      },
    };
    const through = scopeOfWork(counted, scope.tenant);
    const first = await listAuditEvents(through, { filter: { request: "q0" }, limit: 100 });
    expect([first.events.map(numberOf), first.next !== undefined, reads]).toEqual([[1000, 500], true, 4]);
    const second = await listAuditEvents(through, { filter: { request: "q0" }, limit: 100, after: first.next });
    expect([second.events.map(numberOf), second.next]).toEqual([[0], undefined]);
  });

  it("say nothing once they are erased, and are still counted", async () => {
    const [newest] = (await listAuditEvents(scope, { filter: {}, limit: 1 })).events;
    if (!newest || !("event" in newest)) throw new Error("There is an event.");
    const { id, at } = newest.event;
    await scope.table.write(eraseAuditEvent(scope, `${at}#${id}`, "2026-06-01T00:00:00.000Z"));
    expect((await listAuditEvents(scope, { filter: {}, limit: 1 })).events).toEqual([
      { id, at, erasedAt: "2026-06-01T00:00:00.000Z", index: undefined },
    ]);
    expect(await ask({ filter: { request: newest.event.request } })).not.toContain(count - 1);
    const item = await scope.table.get({ pk: partitions.audit(scope.tenant), sk: `${at}#${id}` });
    expect(Object.keys(item ?? {}).sort()).toEqual(["at", "dueAt", "dueKey", "entry", "erasedAt", "id", "pk", "sk"]);
  });
});
