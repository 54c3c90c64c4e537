/** Gives events their place in the logs, and looks after what tenants state. Woken by new items, and by the clock for what was left. */
import { scopeOfWork } from "#shared/access/scope.ts";
import { partitions } from "#shared/store/keys.ts";
import { auditLog, type Log, publicLog } from "#shared/store/ledger.ts";
import { dueInLogs } from "#shared/store/pending.ts";
import { dueReleases, releaseWork } from "#shared/store/releases.ts";
import { dueRenewals, tenantToRenew } from "#shared/store/signing-keys.ts";
import type { Key } from "#shared/store/table.ts";
import { type ItemDoor, runTasks, type Task } from "#shared/store/tasks.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import { logKeeper } from "./logs.ts";
import type { NotaryPorts } from "./ports.ts";
import { releaseKeeper } from "./releases.ts";
import { keyKeeper } from "./signing-keys.ts";
import { createStatements } from "./statements.ts";

/** A run takes so many events, and so many tenants; the rest is due a minute later. */
const mostEvents = 4_000;
const mostRenewals = 200;
const mostReleases = 200;

export function createNotary(ports: NotaryPorts): ItemDoor {
  const logs = logKeeper(ports);
  const keys = keyKeeper(ports, logs);
  const renew = createStatements(ports, keys);
  const releases = releaseKeeper(ports, logs, keys, renew);

  const renewal = (tenant: TenantId, keys: readonly Key[], request: string): Task => ({
    name: `statements of ${tenant}`,
    keys,
    run: (now) => renew(tenant, request, now),
  });

  function releaseTasks(items: readonly Key[], request: string): Task[] {
    return items.flatMap((item) => {
      const work = releaseWork(item);
      if (work === undefined) return [];
      const { kind, tenant, number } = work;
      const scope = scopeOfWork(ports.table, tenant);
      const carryOut = kind === "release" ? releases.publish : releases.withdraw;
      const run = (now: Date) => carryOut({ scope, number, request, now });
      return [{ name: `${kind} ${String(number)} of ${tenant}`, keys: [item], run }];
    });
  }

  function logTasks(items: readonly Key[]): Task[] {
    const byPartition = Map.groupBy(items, ({ pk }) => pk);
    const byLog = Map.groupBy(byPartition, ([pk]) => logOf(ports, pk)?.name);
    return [...byLog.values()].flatMap((groups) => {
      const log = logOf(ports, groups[0]?.[0] ?? "");
      const all = groups.flatMap(([, found]) => found);
      const events = all.filter(({ pk }) => !pk.startsWith("LOG#"));
      return log ? [{ name: `log ${log.name}`, keys: all, run: (now: Date) => logs.take(log, events, now) }] : [];
    });
  }

  return {
    async inserted(items, request) {
      const renewals = items.flatMap((item) => {
        const tenant = tenantToRenew(item);
        return tenant === undefined ? [] : [renewal(tenant, [item], request)];
      });
      return await runTasks([...logTasks(items), ...renewals, ...releaseTasks(items, request)], ports.now());
    },

    async scheduled(at, request) {
      const [events, tenants, waiting] = await Promise.all([
        dueInLogs(ports.table, at, mostEvents),
        dueRenewals(ports.table, at, mostRenewals),
        dueReleases(ports.table, at, mostReleases),
      ]);
      const renewals = tenants.map((tenant) => renewal(tenant, [], request));
      return await runTasks([...logTasks(events), ...renewals, ...releaseTasks(waiting, request)], at);
    },
  };
}

/** The log that an item waits for or is the head of; `undefined` for items of other kinds. */
function logOf({ table }: Pick<NotaryPorts, "table">, partition: string): Log | undefined {
  const everybodys = publicLog(table);
  if (partition.startsWith("PENDING#") || partition === partitions.log(everybodys.name)) return everybodys;
  const [, tenant] = /^(?:AUDIT|LOG)#([a-z0-9-]+)#$/.exec(partition) ?? [];
  return tenant === undefined ? undefined : auditLog(scopeOfWork(table, tenant));
}
