/** Tells a tenant's log whom its API refused, and the operator's log who came without credentials that count. */
import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import type { Caller } from "#shared/access/caller.ts";
import { scopeOfRefused } from "#shared/access/scope.ts";
import { strangerName } from "#shared/audit/stranger.ts";
import type { Failure } from "#shared/failure.ts";
import type { Random } from "#shared/report/identifier.ts";
import type { Subject } from "#shared/store/members.ts";
import { noteRefusal, type Refusal } from "#shared/store/refusals.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantEnv, TenantVariables } from "./tenant-request.ts";

interface Settings {
  /** The door's own, for there is no tenant's role for strangers. */
  readonly table: Table;
  readonly now: () => Date;
  readonly random: Random;
  readonly report: (error: unknown, request: string) => void;
  readonly turnedAway: (tenant: string, request: string) => void;
}

/**
 * Refused is who is nothing to the tenant (404, as for a tenant that never was) and who may not do what he asks for (403). What a
 * member asks for and is not there, or is changed meanwhile (404, 409, 412), is no refusal of anybody.
 */
export function refusalNotes(settings: Settings) {
  return async function note({ code }: Failure, c: Context<TenantEnv>): Promise<void> {
    const scope = scopeOfRefused(settings.table, /^\/v1\/tenants\/([^/]+)\//.exec(c.req.path)?.[1] ?? "");
    if (!scope) return;
    // Before it is known who asks, these are not set yet.
    const { who, member, request }: Partial<TenantVariables> & { request: string } = c.var;
    if (code === "unauthenticated") return settings.turnedAway(scope.tenant, request);
    const actor = actorOf(code, scope.tenant, who, member);
    if (!actor) return;
    const target = { because: code, operation: operationOf(c) };
    await noteRefusal(scope, { at: settings.now(), actor, target, request }, settings.random).catch((error: unknown) =>
      settings.report(error, request),
    );
  };
}

function actorOf(
  code: Failure["code"],
  tenant: string,
  who: Caller | undefined,
  member: string | undefined,
): Refusal["actor"] | undefined {
  if (member !== undefined) return code === "forbidden" ? { member } : undefined;
  return who !== undefined && code === "not-found" ? { stranger: strangerName(tenant, subjectOf(who)) } : undefined;
}

/** A machine is what its own tenant says it is. */
const subjectOf = (who: Caller): Subject =>
  who.kind === "person" ? who : { issuer: `candor:${who.tenant}`, subject: who.token };

/** The operation as it is declared: what the client wrote in its place may be anything. */
function operationOf(c: Context<TenantEnv>): string {
  const path = matchedRoutes(c).findLast((route) => !route.path.includes("*"))?.path ?? "none";
  const short = path.replace("/v1/tenants/:tenant", "").replaceAll(/:(\w+)(?:\{[^}]*\})?/g, "{$1}");
  return `${c.req.method} ${short}`;
}
