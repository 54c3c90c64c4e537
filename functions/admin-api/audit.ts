/** Who did what: `/v1/tenants/<t>/audit`, to look through and to take out as a file that proves itself. */
import * as z from "zod";
import { auditActions } from "#shared/audit/action.ts";
import { Actor, type KeptEvent, LoggedEvent } from "#shared/audit/event.ts";
import { Failure } from "#shared/failure.ts";
import { PageQuery, pageOf } from "#shared/http/page.ts";
import { AuditPosition, listAuditEvents } from "#shared/store/audit-events.ts";
import { auditExport, type ExportedPart } from "#shared/store/audit-export.ts";
import { auditLog, readLogHead } from "#shared/store/ledger.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { streamed } from "./streamed.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

/** As the keys of events have it, whatever the offset and precision it is given with. */
const instant = z.iso.datetime({ offset: true }).transform((at) => new Date(at).toISOString());
const name = z.string().min(1).max(200).optional();
const EventsQuery = PageQuery.extend({
  from: instant.optional().meta({ description: "The first instant." }),
  to: instant.optional().meta({ description: "The instant before which the last event is." }),
  actor: name.meta({
    description: "The name of a member, a machine token, an operator of the service, a door, or a stranger.",
  }),
  action: name.meta({ description: "How the action begins: `report.` is everything about reports." }),
  target: name.meta({ description: "An identifier of what it was done to." }),
  request: name.meta({ description: "The number of the request that it was done in." }),
});

const AuditEvent = z
  .strictObject({
    id: z.string(),
    at: z.string(),
    index: z
      .int()
      .optional()
      .meta({ description: "Its place in the tenant's audit log; absent in its first seconds." }),
    actor: Actor.optional(),
    action: z.string().optional(),
    target: LoggedEvent.shape.target.optional(),
    request: z.string().optional(),
    erasedAt: z
      .string()
      .optional()
      .meta({ description: "Only the log knows that there was an event; what it was is erased." }),
  })
  .meta({ id: "AuditEvent" });

const index = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const ExportQuery = z.strictObject({
  from: index.default(0).meta({ description: "Index of the first entry." }),
  to: index
    .optional()
    .meta({ description: "The index after the last entry; the newest checkpoint's size if left out." }),
});

const kind = { method: "get", group: "Audit", permission: "audit.read" } as const;
const actionTable = Object.entries(auditActions).map(([action, words]) => `| \`${action}\` | ${words} |`);

export function auditRoutes(api: TenantApi, settings: { readonly ledgerBucket: string }): void {
  tenantRoute(
    api,
    {
      ...kind,
      path: "/audit",
      summary: "What was done, newest first",
      description: `A page looks at up to 1,000 events. Where a filter lets few of them through, a page can be short or empty and still have a cursor: more may follow.

| action | what it says |
| --- | --- |
${actionTable.join("\n")}`,
      query: EventsQuery,
      answers: { 200: { description: "A page of events.", json: pageOf(AuditEvent) } },
    },
    async (c) => {
      const { limit, cursor: _, from, to, ...filter } = c.req.valid("query");
      const after = await c.var.paging.after(AuditPosition);
      const { events, next } = await listAuditEvents(c.var.scope, { from, to, filter, limit, after });
      return c.json({ items: events.map(eventDetail), cursor: await c.var.paging.cursor(next) });
    },
  );

  tenantRoute(
    api,
    {
      ...kind,
      path: "/audit/export",
      summary: "The audit log as a file that proves itself",
      description:
        "JSON lines with each event, the salt of its entry in the log, and a signed checkpoint. `candor-verify <file> --key <log key>` checks it offline: an entry that was removed, changed or moved shows.",
      query: ExportQuery,
      answers: { 200: { description: "The file, as it is read.", mediaType: "application/jsonl" } },
      failures: ["conflict", "invalid-request"],
    },
    async (c) => {
      const part = await exportedPart(c.var.scope, c.req.valid("query"));
      const [from, to] = [String(part.from), String(part.to)];
      await c.var.trace({ action: "audit.exported", target: { from, to } });
      const headers = {
        "content-type": "application/jsonl",
        "content-disposition": `attachment; filename="${c.var.scope.tenant}-audit-${from}-${to}.jsonl"`,
      };
      if (c.req.method === "HEAD") return c.body(null, 200, headers);
      const ledger = { objects: c.var.ports.objects, bucket: settings.ledgerBucket };
      return c.body(await streamed(inBytes(auditExport(c.var.scope, ledger, part))), 200, headers);
    },
  );
}

function eventDetail(kept: KeptEvent) {
  const { index: place } = kept;
  if (!("event" in kept)) return { id: kept.id, at: kept.at, index: place, erasedAt: kept.erasedAt };
  const { tenant: _, ...event } = kept.event;
  return { ...event, index: place };
}

async function exportedPart(
  scope: TenantScope,
  asked: { readonly from: number; readonly to?: number | undefined },
): Promise<ExportedPart> {
  const { published, checkpoint } = await readLogHead(auditLog(scope));
  if (checkpoint === undefined) throw new Failure("conflict", "The log has no checkpoint yet. Ask again in a minute.");
  const { size } = published;
  const { from, to = size } = asked;
  if (from > to || to > size)
    throw new Failure("invalid-request", `The newest checkpoint has ${String(size)} entries. Give from <= to <= that.`);
  return { from, to, size, checkpoint };
}

async function* inBytes(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) yield Buffer.from(line);
}
