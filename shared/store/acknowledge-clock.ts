/** The clock of the promise to acknowledge: runs from a report's arrival until the mail that says so has left. */
import type { PromiseLength } from "#shared/tenant/tenant.ts";
import { duePartition, dueShards, keyAttributes, partitions, sorts } from "./keys.ts";
import type { OutboxItem } from "./outbox.ts";
import { GuardFailed, type Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const key = (scope: TenantScope, report: string) => ({
  pk: partitions.clocks(scope.tenant),
  sk: sorts.clocks(report),
});

/** How many clocks are stopped at a time: a digest may tell of many reports. */
const atATime = 20;

/** Starts the clock of a report; the due index holds its moment. */
export function startAcknowledgeClock(
  scope: TenantScope,
  report: string,
  clock: { readonly commitment: PromiseLength; readonly startedAt: string; readonly dueAt: string },
  shard: number,
): Write {
  return {
    put: {
      ...key(scope, report),
      report,
      acknowledge: clock,
      [keyAttributes.duePartition]: duePartition("clock", shard % dueShards),
      [keyAttributes.dueSort]: `${clock.dueAt}#${report}`,
      version: 1,
    },
    guard: "absent",
  };
}

/** Notes, for each report that a mail acknowledges, that it left: nothing is due any more. However often it is said, the first time counts. */
export async function meetAcknowledgeClocks(scope: TenantScope, item: OutboxItem, now: Date): Promise<void> {
  const reports = [...(item.report === undefined ? [] : [item.report]), ...[...(item.reports ?? [])].map(String)];
  for (let at = 0; at < reports.length; at += atATime) {
    await Promise.all(reports.slice(at, at + atATime).map((report) => meet(scope, report, now)));
  }
}

async function meet(scope: TenantScope, report: string, now: Date): Promise<void> {
  try {
    await scope.table.write({
      update: key(scope, report),
      setIfMissing: { acknowledgedAt: now.toISOString() },
      remove: [keyAttributes.duePartition, keyAttributes.dueSort],
      guard: "present",
    });
  } catch (error) {
    // Reports without a promise have no clock to stop.
    if (!(error instanceof GuardFailed)) throw error;
  }
}
