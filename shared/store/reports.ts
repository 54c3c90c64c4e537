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

/** Where a page of messages ends: its last one, and how many attachments there were up to it. */
export const MessagePosition = z.strictObject({
  recordedAt: Instant,
  id: z.string().regex(/^[a-z2-7]{26}$/),
  attachments: z.int().min(0),
});
export type MessagePosition = z.infer<typeof MessagePosition>;

/** A message, and the number of its first attachment: they are numbered through the report, from 1. */
export interface PlacedMessage {
  readonly message: Message;
  readonly firstAttachment: number;
}

/**
 * The messages of a report in the order in which they were recorded: an order that only ever grows at its end. Read as they
 * are asked for, `atATime`: anybody can write to a reply address, so a report may have any number of them.
 */
export async function* messagesOf(
  scope: TenantScope,
  report: string,
  { atATime = 25, after }: { readonly atATime?: number; readonly after?: MessagePosition | undefined } = {},
): AsyncGenerator<PlacedMessage> {
  const partition = partitions.report(scope.tenant, report);
  let firstAttachment = 1 + (after?.attachments ?? 0);
  let start: Item | undefined = after && {
    [keyAttributes.partition]: partition,
    [keyAttributes.sort]: sorts.message(after.recordedAt, after.id),
  };
  do {
    const page = await scope.table.list({
      ...{ partition, prefix: sorts.message(), limit: atATime },
      ...(start ? { after: start } : {}),
    });
    for (const item of page.items) {
      const message = Message.parse(item);
      yield { message, firstAttachment };
      firstAttachment += message.attachmentCount;
    }
    start = page.next;
  } while (start);
}

/** A page of messages. */
export async function listMessages(
  scope: TenantScope,
  report: string,
  { limit, after }: { readonly limit: number; readonly after?: MessagePosition | undefined },
): Promise<{ readonly messages: readonly PlacedMessage[]; readonly next?: MessagePosition }> {
  const messages: PlacedMessage[] = [];
  for await (const placed of messagesOf(scope, report, { atATime: limit + 1, after })) {
    const last = messages.at(-1);
    if (last && messages.length === limit) return { messages, next: positionOf(last) };
    messages.push(placed);
  }
  return { messages };
}

const positionOf = ({ message, firstAttachment }: PlacedMessage): MessagePosition => ({
  recordedAt: message.recordedAt,
  id: message.id,
  attachments: firstAttachment - 1 + message.attachmentCount,
});

/** A clock of a report: when it began, when it is due, and when it was met. */
const Clock = z.object({
  commitment: z.unknown(),
  startedAt: z.string(),
  dueAt: z.string(),
  metAt: z.string().optional(),
});

export const Clocks = z.object({ acknowledge: Clock.optional(), acknowledgedAt: z.string().optional() });
export type Clocks = z.infer<typeof Clocks>;

/** The clocks of a report; empty where the tenant made no promise. */
export async function readClocks(scope: TenantScope, report: string): Promise<Clocks> {
  const item = await scope.table.get({ pk: partitions.clocks(scope.tenant), sk: sorts.clocks(report) });
  return item ? Clocks.parse(item) : {};
}
