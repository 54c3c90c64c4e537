import type { JobsPorts, JobWork } from "#functions/jobs/app.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { jobs } from "./doors.ts";
import { minute } from "./movable-clock.ts";
import type { Stage } from "./stage.ts";

/** What the schedule finds at this moment for a tenant and the queue then brings, until nothing comes back into it. */
export async function runDue(stage: Stage, { tenant }: TenantScope, change: Partial<JobsPorts> = {}): Promise<void> {
  const queue: JobWork[] = [];
  const door = jobs(stage, { enqueue: async (message) => void queue.push(message as JobWork), ...change });
  await door.scheduled(stage.clock.now());
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (next.tenant === tenant) await door.work(next, "request-j", new Date(stage.clock.now().getTime() + minute));
  }
}
