/** What stands in the table and the buckets about a mail, past the gate. */
import type { Message } from "#shared/report/message.ts";
import type { Report } from "#shared/report/report.ts";
import { partitions, sorts } from "#shared/store/keys.ts";
import { type OutboxItem, readOutboxItem } from "#shared/store/outbox.ts";
import { type Clocks, listMessages, listReports, readClocks } from "#shared/store/reports.ts";
import type { Item } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

export interface StoredRecord {
  readonly report: Report;
  readonly messages: readonly Message[];
  readonly clocks: Clocks;
  /** The acknowledgement or digest that the report names. */
  readonly outboxItem: OutboxItem | undefined;
}

/** All reports of a tenant with what belongs to them, newest first. */
export async function recordsOf(scope: TenantScope): Promise<StoredRecord[]> {
  const { reports } = await listReports(scope, { limit: 100 });
  return Promise.all(
    reports.map(async (report) => ({
      report,
      messages: (await listMessages(scope, report.id, { limit: 100 })).messages.map(({ message }) => message),
      clocks: await readClocks(scope, report.id),
      outboxItem:
        report.acknowledgement.state === "none"
          ? undefined
          : await readOutboxItem(scope, report.acknowledgement.outboxItem),
    })),
  );
}

/** The one report of a tenant. Throws where there is none, or another one too. */
export async function onlyRecord(scope: TenantScope): Promise<StoredRecord> {
  const [record, ...others] = await recordsOf(scope);
  if (!record || others.length > 0) throw new Error(`There are ${String(record ? others.length + 1 : 0)} reports.`);
  return record;
}

export const auditOf = (scope: TenantScope): Promise<readonly Item[]> => all(scope, partitions.audit(scope.tenant));
/** What the audit log tells of, refused attempts left out. */
export const changesOf = async (scope: TenantScope): Promise<readonly Item[]> =>
  (await auditOf(scope)).filter(({ action }) => action !== "request.refused");
export const outboxOf = (scope: TenantScope): Promise<readonly Item[]> => all(scope, partitions.outbox(scope.tenant));
export const quarantineOf = (scope: TenantScope): Promise<readonly Item[]> =>
  all(scope, partitions.quarantine(scope.tenant));
export const unroutedOn = (scope: TenantScope, day: string): Promise<readonly Item[]> =>
  all(scope, partitions.unrouted(day));

/** What a delivery came to, in the words of its marker. */
export async function outcomeOf(scope: TenantScope, sesId: string): Promise<unknown> {
  const item = await scope.table.get({ pk: partitions.received(sesId), sk: sorts.receivedBy(scope.tenant) });
  return item?.["outcome"];
}

const all = async (scope: TenantScope, partition: string): Promise<readonly Item[]> =>
  (await scope.table.list({ partition })).items;
