/** The inbox: `/v1/tenants/<t>/reports` and what lies under it. */
import { Hono } from "hono";
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import type { Random } from "#shared/report/identifier.ts";
import type { AttachmentPlace } from "#shared/report/message.ts";
import type { Report } from "#shared/report/report.ts";
import type { Role } from "#shared/store/members.ts";
import { readOutboxItem } from "#shared/store/outbox.ts";
import {
  listMessages,
  listReports,
  MessagePosition,
  messagesOf,
  type PlacedMessage,
  ReportPosition,
  readClocks,
  readReport,
} from "#shared/store/reports.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { auditTrail } from "./audit-trail.ts";
import { openerOf } from "./opened-report.ts";
import { messageDetail, reportDetail, reportSummary } from "./representation.ts";
import type { TenantVariables } from "./tenant-request.ts";

const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(500).optional(),
});
/** A conversation is read whole where that is possible. */
const MessagesQuery = ListQuery.extend({ limit: ListQuery.shape.limit.unwrap().default(100) });

/** Attachments are whatever a stranger sent: never shown in place, never sniffed, never run (OWASP file upload guidance). */
const downloadHeaders = (fileName: string, mediaType: "application/octet-stream" | "message/rfc822") => ({
  "content-type": mediaType,
  "content-disposition": `attachment; filename*=UTF-8''${extendedValue(fileName)}`,
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; sandbox",
  "cache-control": "no-store",
});

/** RFC 8187 section 3.2.1: encodeURIComponent leaves four characters that such a value may not hold. */
const extendedValue = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

export function reportRoutes(settings: { readonly bucket: string; readonly now: () => Date; readonly random: Random }) {
  const app = new Hono<{ Variables: TenantVariables }>();
  const { trace } = auditTrail(settings);

  app.get("/", async (c) => {
    const { limit, cursor } = query(ListQuery, c.req.query());
    const page = await listReports(c.var.scope, {
      limit,
      ...(cursor === undefined ? {} : { after: positionOf(ReportPosition, cursor) }),
    });
    return c.json({ items: page.reports.map(reportSummary), ...(page.next ? { cursor: cursorOf(page.next) } : {}) });
  });

  app.get("/:report", async (c) => {
    const report = await find(c.var.scope, c.req.param("report"));
    const clocks = await readClocks(c.var.scope, report.id);
    if (!mayOpen(c.var.role)) return c.json({ ...reportSummary(report), clocks });
    await trace(c.var, "report.opened", { report: report.id });
    const first = await firstOf(messagesOf(c.var.scope, report.id, { atATime: 1 }), () => true);
    const content = first && (await opener(c.var, report).content(first.message));
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
    const { limit, cursor } = query(MessagesQuery, c.req.query());
    const after = cursor === undefined ? undefined : positionOf(MessagePosition, cursor);
    const report = await find(c.var.scope, c.req.param("report"));
    await trace(c.var, "messages.opened", { report: report.id });
    const { messages, next } = await listMessages(c.var.scope, report.id, { limit, after });
    const opened = opener(c.var, report);
    const path = `/v1/tenants/${c.var.scope.tenant}/reports/${report.id}`;
    const items = await Promise.all(
      messages.map(async ({ message, firstAttachment }) => {
        const sent =
          message.outboxItem === undefined ? undefined : await readOutboxItem(c.var.scope, message.outboxItem);
        return messageDetail(path, message, await opened.content(message), firstAttachment, sent);
      }),
    );
    return c.json({ items, ...(next ? { cursor: cursorOf(next) } : {}) });
  });

  app.get("/:report/messages/:message/raw", async (c) => {
    const report = await find(c.var.scope, c.req.param("report"));
    const id = c.req.param("message");
    const message = (await firstOf(messagesOf(c.var.scope, report.id), (placed) => placed.message.id === id))?.message;
    if (!message?.raw) throw notFound();
    await trace(c.var, "raw.opened", { report: report.id, message: message.id });
    const bytes = opener(c.var, report).raw(message);
    if (!bytes) throw notFound();
    const headers = downloadHeaders(`${report.number}.eml`, "message/rfc822");
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    return c.body(await streamed(bytes), 200, headers);
  });

  app.get("/:report/attachments/:n", async (c) => {
    const report = await find(c.var.scope, c.req.param("report"));
    const n = attachmentNumber(c.req.param("n"));
    const found = await firstOf(messagesOf(c.var.scope, report.id), (placed) => holds(placed, n));
    if (!found) throw notFound();
    await trace(c.var, "attachment.opened", { report: report.id, attachment: c.req.param("n") });
    const opened = opener(c.var, report);
    const place: AttachmentPlace | undefined = (await opened.content(found.message)).attachments[
      n - found.firstAttachment
    ];
    if (!place) throw notFound();
    const headers = {
      ...downloadHeaders(place.fileName, "application/octet-stream"),
      "content-length": String(place.size),
      "repr-digest": `sha-256=:${Buffer.from(place.sha256, "hex").toString("base64")}:`,
    };
    // Nothing reads a body that was made for HEAD: it would hold its connection to the bucket for ever.
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    return c.body(await streamed(opened.attachment(found.message, place)), 200, headers);
  });

  return app;

  function opener({ scope, ports }: TenantVariables, report: Report) {
    return openerOf(scope, report.id, { ...ports, bucket: settings.bucket });
  }
}

/** Whoever answers reports opens them; a viewer sees their metadata. */
const mayOpen = (role: Role): boolean => role !== "viewer";

/** What the store makes of an identifier; anything else was never a report's, and may be too long to ask for. */
const reportId = /^[a-z2-7]{26}$/;

async function find(scope: TenantScope, id: string): Promise<Report> {
  const report = reportId.test(id) ? await readReport(scope, id) : undefined;
  if (!report) throw notFound();
  return report;
}

/** One text for everything that is not there, or not yours. */
export const notFound = (): Failure => new Failure("not-found", "There is nothing here that you may see.");

export function query<Schema extends z.ZodType>(schema: Schema, given: Record<string, string>): z.infer<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "query"}: ${message}`);
  throw new Failure("invalid-request", `The query can't be read. ${faults.join("; ")}`);
}

const cursorOf = (position: object): string => Buffer.from(JSON.stringify(position)).toString("base64url");

function positionOf<Position extends z.ZodType>(position: Position, cursor: string): z.infer<Position> {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch (error) {
    throw new Failure("invalid-request", "This cursor is not from this list. Start again without it.", {
      cause: error,
    });
  }
}

const attachmentNumber = (text: string): number => (/^[1-9][0-9]{0,6}$/.test(text) ? Number(text) : 0);

const holds = ({ message, firstAttachment }: PlacedMessage, n: number): boolean =>
  n >= firstAttachment && n < firstAttachment + message.attachmentCount;

/** The first that fits; what comes after it is not read. */
async function firstOf<Thing>(
  things: AsyncIterable<Thing>,
  fits: (thing: Thing) => boolean,
): Promise<Thing | undefined> {
  for await (const thing of things) if (fits(thing)) return thing;
  return undefined;
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
