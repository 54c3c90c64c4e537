/** Tells subscribers of what their tenants published; woken by the clock, an hour after a release was shown. */
import { tenantOfWork } from "#shared/access/scope.ts";
import { dueNews, newsOf } from "#shared/store/subscriptions.ts";
import { type Failed, runTasks, type Task } from "#shared/store/tasks.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import type { NewsPorts } from "./ports.ts";
import { teller } from "./tell.ts";

const mostTenants = 50;

/** Makes the function that tells all that is due at an instant, and answers what could not be done. */
export function createNews(ports: NewsPorts) {
  const tell = teller(ports);

  async function tellOf(tenant: TenantId, at: Date): Promise<void> {
    const known = await tenantOfWork(ports.table, tenant);
    if (known?.profile.standing.state === "active") await tell(known, at);
  }

  return async (at: Date): Promise<readonly Failed[]> => {
    const due = await dueNews(ports.table, at, mostTenants);
    const tasks = due.flatMap((key): Task[] => {
      const tenant = newsOf(key);
      return tenant ? [{ name: `news of ${tenant}`, keys: [key], run: (now) => tellOf(tenant, now) }] : [];
    });
    return runTasks(tasks, at);
  };
}
