import { dueOutboxItems } from "#shared/store/outbox.ts";
import type { Enqueue } from "#shared/store/queue.ts";
import type { Table } from "#shared/store/table.ts";

/** Queues every outbox item whose time has come at `now`, or whose claim ran out. The outbox decides again, for that instant, before it sends. */
export async function sweepOutbox(
  ports: { readonly table: Table; readonly enqueue: Enqueue },
  now: Date,
): Promise<{ queued: number }> {
  let queued = 0;
  for await (const item of dueOutboxItems(ports.table, now)) {
    await ports.enqueue({ ...item, at: now.toISOString() });
    queued++;
  }
  return { queued };
}
