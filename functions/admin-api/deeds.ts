/** What a request does, recorded together with it. */
import type { Context } from "hono";
import { Failure } from "#shared/failure.ts";
import type { Random } from "#shared/report/identifier.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { GuardFailed } from "#shared/store/table.ts";
import type { Deed, TenantEnv } from "./tenant-request.ts";

/** Gives a request `trace` and `commit`. */
export function recordDeeds(
  c: Context<TenantEnv>,
  { now, random }: { readonly now: () => Date; readonly random: Random },
): void {
  const { scope, member, request } = c.var;
  const event = ({ action, target }: Deed) =>
    auditWrite(scope, { at: now(), actor: { member }, action, target, request }, random);

  c.set("trace", (deed) => scope.table.write(event(deed)));

  c.set("commit", async (writes, deed) => {
    const { mark } = c.var;
    try {
      await scope.table.transact([...writes, event(deed), ...(mark ? [mark] : [])]);
    } catch (error) {
      if (error instanceof GuardFailed && error.positions.includes(writes.length + 1))
        throw new Failure("in-progress", "Another attempt at this request has taken over. Ask again.", {
          retryAfter: 5,
        });
      throw error;
    }
  });
}
