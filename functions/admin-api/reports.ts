/** The inbox: `/v1/tenants/<t>/reports` and what lies under it. */
import * as z from "zod";
import { notFound } from "#shared/http/api.ts";
import { PageQuery, pageOf } from "#shared/http/page.ts";
import type { AttachmentPlace } from "#shared/report/message.ts";
import type { Report } from "#shared/report/report.ts";
import { openerOf } from "#shared/store/opened-report.ts";
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
import {
  MessageDetail,
  messageDetail,
  ReportDetail,
  ReportSummary,
  reportDetail,
  reportSummary,
} from "./representation.ts";
import { streamed } from "./streamed.ts";
import type { TenantVariables } from "./tenant-request.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

/** A conversation is read whole where that is possible. */
const MessagesQuery = PageQuery.extend({ limit: PageQuery.shape.limit.unwrap().default(100) });

/** What the store makes of an identifier; anything else was never a report's, and may be too long to ask for. */
const Identifier = z.string().regex(/^[a-z2-7]{26}$/);
const AttachmentNumber = z.string().regex(/^[1-9][0-9]{0,6}$/);
const group = "Reports";
const download = (description: string, mediaType: string) => ({
  200: { description, mediaType, headers: { "Content-Disposition": "Always an attachment." } },
});

/** Attachments are whatever a stranger sent: never shown in place, never sniffed, never run (OWASP file upload guidance). */
const downloadHeaders = (fileName: string, mediaType: "application/octet-stream" | "message/rfc822") => ({
  "content-type": mediaType,
  "content-disposition": `attachment; filename*=UTF-8''${extendedValue(fileName)}`,
  "content-security-policy": "default-src 'none'; sandbox",
});

/** RFC 8187 section 3.2.1: encodeURIComponent leaves four characters that such a value may not hold. */
const extendedValue = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

export function reportRoutes(api: TenantApi, settings: { readonly bucket: string }): void {
  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/reports", group, permission: "report.list" },
      summary: "The reports, newest first",
      description: "Nothing is opened for it.",
      query: PageQuery,
      answers: { 200: { description: "A page of reports.", json: pageOf(ReportSummary) } },
    },
    async (c) => {
      const { limit } = c.req.valid("query");
      const page = await listReports(c.var.scope, { limit, after: await c.var.paging.after(ReportPosition) });
      return c.json({ items: page.reports.map(reportSummary), cursor: await c.var.paging.cursor(page.next) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/reports/{report}", group, permission: "report.list" },
      summary: "A report",
      description: "Opened for whoever has report.open, which the audit log records; its metadata for everybody else.",
      params: z.object({ report: Identifier }),
      answers: { 200: { description: "The report.", json: ReportDetail } },
    },
    async (c) => {
      const report = await find(c.var.scope, c.req.valid("param").report);
      const clocks = await readClocks(c.var.scope, report.id);
      if (!c.var.permissions.has("report.open")) return c.json({ ...reportSummary(report), clocks });
      await c.var.trace({ action: "report.opened", target: { report: report.id } });
      const first = await firstOf(messagesOf(c.var.scope, report.id, { atATime: 1 }), () => true);
      const content = first && (await opener(c.var, report).content(first.message));
      const { acknowledgement } = report;
      const sent =
        acknowledgement.state === "none" ? undefined : await readOutboxItem(c.var.scope, acknowledgement.outboxItem);
      return c.json(reportDetail(report, { subject: content?.subject ?? "" }, clocks, sent));
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/reports/{report}/messages", group, permission: "report.open" },
      summary: "The messages of a report, opened",
      params: z.object({ report: Identifier }),
      query: MessagesQuery,
      answers: {
        200: { description: "A page of messages, in the order in which they came.", json: pageOf(MessageDetail) },
      },
    },
    async (c) => {
      const { limit } = c.req.valid("query");
      const after = await c.var.paging.after(MessagePosition);
      const report = await find(c.var.scope, c.req.valid("param").report);
      await c.var.trace({ action: "messages.opened", target: { report: report.id } });
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
      return c.json({ items, cursor: await c.var.paging.cursor(next) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/reports/{report}/messages/{message}/raw", group, permission: "report.open" },
      summary: "A message as it came",
      params: z.object({ report: Identifier, message: Identifier }),
      answers: download("The mail, byte for byte.", "message/rfc822"),
    },
    async (c) => {
      const { report: id, message: wanted } = c.req.valid("param");
      const report = await find(c.var.scope, id);
      const message = (await firstOf(messagesOf(c.var.scope, report.id), (placed) => placed.message.id === wanted))
        ?.message;
      if (!message?.raw) throw notFound();
      await c.var.trace({ action: "raw.opened", target: { report: report.id, message: message.id } });
      const bytes = opener(c.var, report).raw(message);
      if (!bytes) throw notFound();
      const headers = downloadHeaders(`${report.number}.eml`, "message/rfc822");
      if (c.req.method === "HEAD") return c.body(null, 200, headers);
      return c.body(await streamed(bytes), 200, headers);
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/reports/{report}/attachments/{n}", group, permission: "report.open" },
      summary: "An attachment",
      description: "Attachments are numbered through the report, from 1.",
      params: z.object({ report: Identifier, n: AttachmentNumber }),
      answers: download("The bytes of the attachment.", "application/octet-stream"),
    },
    async (c) => {
      const { report: id, n: number } = c.req.valid("param");
      const report = await find(c.var.scope, id);
      const n = Number(number);
      const found = await firstOf(messagesOf(c.var.scope, report.id), (placed) => holds(placed, n));
      if (!found) throw notFound();
      await c.var.trace({ action: "attachment.opened", target: { report: report.id, attachment: number } });
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
    },
  );

  function opener({ scope, ports }: TenantVariables, report: Report) {
    return openerOf(scope, report.id, { ...ports, bucket: settings.bucket });
  }
}

async function find(scope: TenantScope, id: string): Promise<Report> {
  const report = await readReport(scope, id);
  if (!report) throw notFound();
  return report;
}

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
