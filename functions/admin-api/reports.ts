/** The inbox: `/v1/tenants/<t>/reports` and what lies under it. */
import { Hono } from "hono";
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";
import type { AttachmentPlace, Message } from "#shared/report/message.ts";
import type { Report } from "#shared/report/report.ts";
import { type AuditAction, auditWrite } from "#shared/store/audit.ts";
import type { Role, Subject } from "#shared/store/members.ts";
import { readOutboxItem } from "#shared/store/outbox.ts";
import { listMessages, listReports, ReportPosition, readClocks, readReport } from "#shared/store/reports.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { openerOf } from "./opened-report.ts";
import { messageDetail, reportDetail, reportSummary } from "./representation.ts";
import type { TenantPorts } from "./tenant-ports.ts";

export interface TenantVariables {
  readonly scope: TenantScope;
  readonly ports: TenantPorts;
  readonly who: Subject;
  readonly role: Role;
  readonly request: string;
}

const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(500).optional(),
});

/** Attachments are whatever a stranger sent: never shown in place, never sniffed, never run (OWASP file upload guidance). */
const downloadHeaders = (fileName: string, mediaType: "application/octet-stream" | "message/rfc822") => ({
  "content-type": mediaType,
  "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; sandbox",
  "cache-control": "no-store",
});

export function reportRoutes(settings: { readonly bucket: string; readonly now: () => Date; readonly random: Random }) {
  const app = new Hono<{ Variables: TenantVariables }>();

  app.get("/", async (c) => {
    const { limit, cursor } = query(ListQuery, c.req.query());
    const page = await listReports(c.var.scope, {
      limit,
      ...(cursor === undefined ? {} : { after: positionOf(cursor) }),
    });
    return c.json({
      items: page.reports.map(reportSummary),
      ...(page.next ? { cursor: Buffer.from(JSON.stringify(page.next)).toString("base64url") } : {}),
    });
  });

  app.get("/:report", async (c) => {
    const report = await find(c.var.scope, c.req.param("report"));
    const clocks = await readClocks(c.var.scope, report.id);
    if (!mayOpen(c.var.role)) return c.json({ ...reportSummary(report), clocks });
    await trace(c.var, "report.opened", { report: report.id });
    const [first] = await listMessages(c.var.scope, report.id);
    const content = first && (await opener(c.var, report).content(first));
    const { acknowledgement } = report;
    const sent =
      acknowledgement.state === "none" ? undefined : await readOutboxItem(c.var.scope, acknowledgement.outboxItem);
    return c.json(reportDetail(report, { subject: content?.subject ?? "" }, clocks, sent));
  });

  app.use("/:report/*", async (c, next) => {
    if (!mayOpen(c.var.role)) {
      throw new Failure(
        "forbidden",
        "Your role sees that reports exist, not what is in them. Ask an owner for the operator role.",
      );
    }
    await next();
  });

  app.get("/:report/messages", async (c) => {
    const report = await find(c.var.scope, c.req.param("report"));
    await trace(c.var, "messages.opened", { report: report.id });
    const messages = await listMessages(c.var.scope, report.id);
    const opened = opener(c.var, report);
    const firsts = firstAttachmentNumbers(messages);
    const path = `/v1/tenants/${c.var.scope.tenant}/reports/${report.id}`;
    const items = await Promise.all(
      messages.map(async (message, at) => {
        const sent =
          message.outboxItem === undefined ? undefined : await readOutboxItem(c.var.scope, message.outboxItem);
        return messageDetail(path, message, await opened.content(message), firsts[at] ?? 1, sent);
      }),
    );
    return c.json({ items });
  });

  app.get("/:report/messages/:message/raw", async (c) => {
    const report = await find(c.var.scope, c.req.param("report"));
    const message = (await listMessages(c.var.scope, report.id)).find(({ id }) => id === c.req.param("message"));
    if (!message?.raw) throw notFound();
    await trace(c.var, "raw.opened", { report: report.id, message: message.id });
    const bytes = opener(c.var, report).raw(message);
    if (!bytes) throw notFound();
    return c.body(await streamed(bytes), 200, downloadHeaders(`${report.number}.eml`, "message/rfc822"));
  });

  app.get("/:report/attachments/:n", async (c) => {
    const report = await find(c.var.scope, c.req.param("report"));
    const found = whereIs(await listMessages(c.var.scope, report.id), c.req.param("n"));
    if (!found) throw notFound();
    await trace(c.var, "attachment.opened", { report: report.id, attachment: c.req.param("n") });
    const opened = opener(c.var, report);
    const place: AttachmentPlace | undefined = (await opened.content(found.message)).attachments[found.at];
    if (!place) throw notFound();
    return c.body(await streamed(opened.attachment(found.message, place)), 200, {
      ...downloadHeaders(place.fileName, "application/octet-stream"),
      "content-length": String(place.size),
      "repr-digest": `sha-256=:${Buffer.from(place.sha256, "hex").toString("base64")}:`,
    });
  });

  return app;

  function opener({ scope, ports }: TenantVariables, report: Report) {
    return openerOf(scope, report.id, { ...ports, bucket: settings.bucket });
  }

  /** Written and committed before anything is opened. */
  function trace(
    { scope, who, request }: TenantVariables,
    action: AuditAction,
    target: Record<string, string>,
  ): Promise<void> {
    const event = {
      id: newIdentifier(settings.random),
      at: settings.now(),
      actor: { ...who },
      action,
      target,
      request,
    };
    return scope.table.write(auditWrite(scope, event));
  }
}

/** Whoever answers reports opens them; a viewer sees their metadata. */
const mayOpen = (role: Role): boolean => role !== "viewer";

async function find(scope: TenantScope, id: string): Promise<Report> {
  const report = await readReport(scope, id);
  if (!report) throw notFound();
  return report;
}

/** One text for everything that is not there, or not yours. */
export const notFound = (): Failure => new Failure("not-found", "There is nothing here that you may see.");

function query<Schema extends z.ZodType>(schema: Schema, given: Record<string, string>): z.infer<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "query"}: ${message}`);
  throw new Failure("invalid-request", `The query can't be read. ${faults.join("; ")}`);
}

function positionOf(cursor: string): ReportPosition {
  try {
    return ReportPosition.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch (error) {
    throw new Failure("invalid-request", "This cursor is not from this list. Start again without it.", {
      cause: error,
    });
  }
}

/** Attachments are numbered through the report, from 1, in the order in which messages were recorded. */
function firstAttachmentNumbers(messages: readonly Message[]): number[] {
  let next = 1;
  return messages.map(({ attachmentCount }) => {
    const first = next;
    next += attachmentCount;
    return first;
  });
}

function whereIs(messages: readonly Message[], number: string): { message: Message; at: number } | undefined {
  const n = /^[1-9][0-9]{0,6}$/.test(number) ? Number(number) : 0;
  const firsts = firstAttachmentNumbers(messages);
  const index = firsts.findIndex((first, at) => n >= first && n < first + (messages[at]?.attachmentCount ?? 0));
  const message = messages[index];
  return message && { message, at: n - (firsts[index] ?? 1) };
}

/** Pieces as a body. The first is made before the status goes out, so that what can't be opened is answered with an error. */
async function streamed(pieces: AsyncIterable<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const iterator = pieces[Symbol.asyncIterator]();
  let next = await iterator.next();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (next.done) return controller.close();
      controller.enqueue(next.value);
      next = await iterator.next();
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
