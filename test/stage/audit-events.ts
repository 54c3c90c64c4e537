import { randomBytes } from "node:crypto";
import type { AuditAction } from "#shared/audit/action.ts";
import { auditWrite } from "#shared/store/audit.ts";
import type { Key, Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

/** Writes audit events as doors do, and names them as the table's stream does. */
export async function writeEvents(scope: TenantScope, count: number, at: Date): Promise<readonly Key[]> {
  const keys: Key[] = [];
  for (let start = 0; start < count; start += 100) {
    const writes = Array.from({ length: Math.min(100, count - start) }, (_, i) => eventWrite(scope, start + i, at));
    await scope.table.transact(writes);
    keys.push(...writes.map(keyOf));
  }
  return keys;
}

function eventWrite(scope: TenantScope, n: number, at: Date): Write {
  const action: AuditAction = "report.opened";
  const event = { at, actor: { door: "test" }, action, target: { report: String(n) }, request: "request-1" };
  return auditWrite(scope, event, randomBytes);
}

function keyOf(write: Write): Key {
  if (!("put" in write)) throw new Error("An event is put.");
  return { pk: write.put.pk, sk: write.put.sk };
}
