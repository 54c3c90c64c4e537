/** Gives events their place in the logs, and looks after what tenants state. Woken by new items, and by the clock for what was left. */
import { scopeOfWork } from "#shared/access/scope.ts";
import { partitions } from "#shared/store/keys.ts";
import { auditLog, type Log, publicLog } from "#shared/store/ledger.ts";
import { dueInLogs } from "#shared/store/pending.ts";
import { dueRenewals, tenantToRenew } from "#shared/store/signing-keys.ts";
import type { Key } from "#shared/store/table.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import { logKeeper } from "./logs.ts";
import type { NotaryPorts } from "./ports.ts";
import { keyKeeper } from "./signing-keys.ts";
import { createStatements } from "./statements.ts";

/** A run takes so many events, and so many tenants; the rest is due a minute later. */
const mostEvents = 4_000;
const mostRenewals = 200;

/** One piece of work that fails alone, and the items that asked for it. */
interface Task {
  readonly name: string;
  readonly keys: readonly Key[];
  readonly run: (now: Date) => Promise<void>;
}

export interface Failed {
  readonly name: string;
  readonly keys: readonly Key[];
  readonly error: unknown;
}

export interface Notary {
  /** Works on items that were just written. Answers what could not be done. */
  inserted(keys: readonly Key[], request: string): Promise<readonly Failed[]>;
  /** Works on all that is due at this instant. */
  scheduled(at: Date, request: string): Promise<readonly Failed[]>;
}

export function createNotary(ports: NotaryPorts): Notary {
  const logs = logKeeper(ports);
  const renew = createStatements(ports, keyKeeper(ports, logs));

  const renewal = (tenant: TenantId, keys: readonly Key[], request: string): Task => ({
    name: `statements of ${tenant}`,
    keys,
    run: (now) => renew(tenant, request, now),
  });

  function logTasks(keys: readonly Key[]): Task[] {
    const byPartition = Map.groupBy(keys, ({ pk }) => pk);
    const byLog = Map.groupBy(byPartition, ([pk]) => logOf(ports, pk)?.name);
    return [...byLog.values()].flatMap((groups) => {
      const log = logOf(ports, groups[0]?.[0] ?? "");
      const all = groups.flatMap(([, found]) => found);
      const events = all.filter(({ pk }) => !pk.startsWith("LOG#"));
      return log ? [{ name: `log ${log.name}`, keys: all, run: (now: Date) => logs.take(log, events, now) }] : [];
    });
  }

  return {
    async inserted(keys, request) {
      const renewals = keys.flatMap((key) => {
        const tenant = tenantToRenew(key);
        return tenant === undefined ? [] : [renewal(tenant, [key], request)];
      });
      return await runAll([...logTasks(keys), ...renewals], ports.now());
    },

    async scheduled(at, request) {
      const [events, tenants] = await Promise.all([
        dueInLogs(ports.table, at, mostEvents),
        dueRenewals(ports.table, at, mostRenewals),
      ]);
      return await runAll([...logTasks(events), ...tenants.map((tenant) => renewal(tenant, [], request))], at);
    },
  };
}

/** One after the other: what fails does not keep the rest from being done. */
async function runAll(tasks: readonly Task[], now: Date): Promise<readonly Failed[]> {
  const failed: Failed[] = [];
  for (const { name, keys, run } of tasks) {
    try {
      await run(now);
    } catch (error) {
      failed.push({ name, keys, error });
    }
  }
  return failed;
}

/** The log that an item waits for or is the head of; `undefined` for items of other kinds. */
function logOf({ table }: Pick<NotaryPorts, "table">, partition: string): Log | undefined {
  const everybodys = publicLog(table);
  if (partition === partitions.pending() || partition === partitions.log(everybodys.name)) return everybodys;
  const [, tenant] = /^(?:AUDIT|LOG)#([a-z0-9-]+)#$/.exec(partition) ?? [];
  return tenant === undefined ? undefined : auditLog(scopeOfWork(table, tenant));
}
