import { partitions, sorts } from "./keys.ts";
import type { Table } from "./table.ts";

/** The outbox item behind a mail, by the id that SES gave it. Crosses tenants: that is the question. */
export async function sentItem(table: Table, sesId: string): Promise<{ tenant: string; item: string } | undefined> {
  const found = await table.get({ pk: partitions.sent(sesId), sk: sorts.sentItem() });
  return found && { tenant: String(found["tenant"]), item: String(found["item"]) };
}
