/** Carries out requests to publish, to restore and to withdraw. Woken by a new request, and by the clock for what was scheduled or left. */
import { scopeOfWork } from "#shared/access/scope.ts";
import { duePublications, publicationOf, readPublication } from "#shared/store/publications.ts";
import type { Key } from "#shared/store/table.ts";
import { type ItemDoor, runTasks, type Task } from "#shared/store/tasks.ts";
import { makeRelease } from "./make-release.ts";
import type { PublisherPorts } from "./ports.ts";
import { withdrawRelease } from "./withdraw-release.ts";

/** A run takes so many requests; the rest is due a minute later. */
const mostRequests = 200;

export function createPublisher(ports: PublisherPorts): ItemDoor {
  function tasksOf(items: readonly Key[], invocation: string): Task[] {
    return items.flatMap((item) => {
      const found = publicationOf(item);
      if (found === undefined) return [];
      const { tenant, id } = found;
      return [{ name: `publication ${id} of ${tenant}`, keys: [item], run: (now) => carryOut(found, invocation, now) }];
    });
  }

  async function carryOut(
    { tenant, id }: NonNullable<ReturnType<typeof publicationOf>>,
    invocation: string,
    now: Date,
  ) {
    const { table, objects } = await ports.asTenant(tenant);
    const scope = scopeOfWork(table, tenant);
    const request = await readPublication(scope, id);
    if (request?.state !== "waiting" || request.at > now.toISOString()) return;
    const { bucket, random } = ports;
    const job = { scope, store: { objects, bucket }, request, invocation, now, random };
    const { work } = request;
    await (work.kind === "withdraw" ? withdrawRelease(job, work) : makeRelease(job, work));
  }

  return {
    inserted: (items, request) => runTasks(tasksOf(items, request), ports.now()),
    scheduled: async (at, request) =>
      runTasks(tasksOf(await duePublications(ports.table, at, mostRequests), request), at),
  };
}
