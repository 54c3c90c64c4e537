import * as z from "zod";
import { Conversation } from "#shared/report/conversation.ts";
import { Message } from "#shared/report/message.ts";
import { Instant, Report } from "#shared/report/report.ts";
import { inboxPartition, keyAttributes, partitions, sorts } from "./keys.ts";
import type { Item } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** Where a page of reports ends: the arrival and id of its last one. Says nothing of whose they are: the scope does. */
export const ReportPosition = z.strictObject({ receivedAt: Instant, id: z.string().regex(/^[a-z2-7]{26}$/) });
export type ReportPosition = z.infer<typeof ReportPosition>;

/** The tenant's reports, newest first, without opening anything. */
export async function listReports(
  scope: TenantScope,
  page: { readonly limit: number; readonly after?: ReportPosition | undefined },
): Promise<{ readonly reports: readonly Report[]; readonly next?: ReportPosition }> {
  const { items, next } = await scope.table.listIndex({
    index: "inbox",
    partition: inboxPartition(scope.tenant),
    newestFirst: true,
    limit: page.limit,
    ...(page.after ? { after: startKey(scope, page.after) } : {}),
  });
  const reports = items.map((item) => Report.parse(item));
  const last = reports.at(-1);
  return { reports, ...(next && last ? { next: { receivedAt: last.receivedAt, id: last.id } } : {}) };
}

function startKey(scope: TenantScope, { receivedAt, id }: ReportPosition): Item {
  return {
    [keyAttributes.partition]: partitions.report(scope.tenant, id),
    [keyAttributes.sort]: sorts.report(),
    [keyAttributes.inboxPartition]: inboxPartition(scope.tenant),
    [keyAttributes.inboxSort]: `${receivedAt}#${id}`,
  };
}

export async function readReport(scope: TenantScope, id: string): Promise<Report | undefined> {
  const item = await scope.table.get({ pk: partitions.report(scope.tenant, id), sk: sorts.report() });
  return item && Report.parse(item);
}

export async function readConversation(
  scope: TenantScope,
  report: string,
  id: string,
): Promise<Conversation | undefined> {
  const item = await scope.table.get({ pk: partitions.report(scope.tenant, report), sk: sorts.conversation(id) });
  return item && Conversation.parse(item);
}

/** The messages of a report in the order in which they were recorded: an order that only ever grows at its end. */
export async function listMessages(scope: TenantScope, report: string): Promise<readonly Message[]> {
  const messages: Message[] = [];
  let after: Item | undefined;
  do {
    const page = await scope.table.list({
      partition: partitions.report(scope.tenant, report),
      prefix: sorts.message(),
      ...(after ? { after } : {}),
    });
    messages.push(...page.items.map((item) => Message.parse(item)));
    after = page.next;
  } while (after);
  return messages;
}

/** A clock of a report: when it began, when it is due, and when it was met. */
const Clock = z.object({
  commitment: z.unknown(),
  startedAt: z.string(),
  dueAt: z.string(),
  metAt: z.string().optional(),
});

const Clocks = z.object({ acknowledge: Clock.optional(), acknowledgedAt: z.string().optional() });
export type Clocks = z.infer<typeof Clocks>;

/** The clocks of a report; empty where the tenant made no promise. */
export async function readClocks(scope: TenantScope, report: string): Promise<Clocks> {
  const item = await scope.table.get({ pk: partitions.clocks(scope.tenant), sk: sorts.clocks(report) });
  return item ? Clocks.parse(item) : {};
}
