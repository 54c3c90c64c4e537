import type { Machine } from "#shared/access/caller.ts";
import { noteMachineTokenUse } from "#shared/store/machine-tokens.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

const minute = 60_000;
/** When a token was last used is known to this. */
const precision = 5 * minute;
const rememberedAtMost = 10_000;

/**
 * Notes when machine tokens are used. The request does not wait for it, and nothing depends on it: where it can't be written
 * `report` hears of that and nobody else.
 */
export function lastUses(settings: { readonly now: () => Date; readonly report: (error: unknown) => void }) {
  const noted = new Map<string, number>();
  return (scope: TenantScope, { token, rule }: Machine): void => {
    const now = settings.now();
    const since = now.getTime() - precision;
    // What was given for a trust rule is used for minutes, and is on no list.
    if (rule !== undefined || (noted.get(token) ?? 0) >= since) return;
    if (noted.size >= rememberedAtMost) noted.clear();
    noted.set(token, now.getTime());
    noteMachineTokenUse(scope, token, now, new Date(since)).catch(settings.report);
  };
}
