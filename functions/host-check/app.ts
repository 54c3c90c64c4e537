/** Looks whether hosts that tenants claim are still proven to be theirs, and gives or takes them. Run twice it comes to the same. */
import { scopeOfWork } from "#shared/access/scope.ts";
import type { AuditAction } from "#shared/audit/action.ts";
import type { Random } from "#shared/report/identifier.ts";
import { auditWrite } from "#shared/store/audit.ts";
import {
  changedHostClaim,
  dueHostClaims,
  forgottenHostClaim,
  freeHost,
  holderOfHost,
  readHostClaim,
  takeHost,
} from "#shared/store/hosts.ts";
import { GuardFailed, type Table, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { afterLookup, challengeOf, type HostClaim, isServed, type TxtAnswer } from "#shared/tenant/host-claim.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";

export interface HostCheckPorts {
  readonly table: Table;
  readonly lookUpTxt: (name: string) => Promise<TxtAnswer>;
  readonly random: Random;
}

/** A run looks after so many claims, so many at once; the rest is due a minute later. */
const mostClaims = 100;
const atOnce = 20;

/** What an audit log is told of a claim that came into a state. */
const actionOf: Partial<Record<HostClaim["state"], AuditAction>> = {
  verified: "host.verified",
  failing: "host.failing",
  lost: "host.lost",
};

export interface Failed {
  readonly tenant: string;
  readonly host: string;
  readonly error: unknown;
}

/** Looks after all claims that are due at this instant. Answers what could not be done. */
export async function checkHosts(ports: HostCheckPorts, now: Date, request: string): Promise<readonly Failed[]> {
  const due = await dueHostClaims(ports.table, now, mostClaims);
  const failed: Failed[] = [];
  for (let start = 0; start < due.length; start += atOnce) {
    const checks = due.slice(start, start + atOnce).map(async ({ tenant, host }) => {
      try {
        await checkHost(ports, scopeOfWork(ports.table, tenant), host, now, request);
      } catch (error) {
        failed.push({ tenant, host, error });
      }
    });
    await Promise.all(checks);
  }
  return failed;
}

async function checkHost(
  ports: HostCheckPorts,
  scope: TenantScope,
  host: string,
  now: Date,
  request: string,
): Promise<void> {
  const claim = await readHostClaim(scope, host);
  if (!claim) return;
  const writes =
    claim.state === "withdrawn"
      ? await forgettingWrites(ports, scope, claim)
      : await lookupWrites(ports, scope, claim, now, request);
  try {
    await ports.table.transact(writes);
  } catch (error) {
    // The tenant or another run changed it meanwhile; what is due then is found then.
    if (!(error instanceof GuardFailed)) throw error;
  }
}

async function forgettingWrites({ table }: HostCheckPorts, scope: TenantScope, claim: HostClaim): Promise<Write[]> {
  const holder = await holderOfHost(table, claim.host);
  return [forgottenHostClaim(scope, claim), ...(holder === scope.tenant ? [freeHost(scope, claim.host)] : [])];
}

async function lookupWrites(
  { table, lookUpTxt, random }: HostCheckPorts,
  scope: TenantScope,
  claim: HostClaim,
  now: Date,
  request: string,
): Promise<Write[]> {
  const { name, value } = challengeOf(claim, scope.tenant);
  const answer = await lookUpTxt(name);
  const holder = await holderOfHost(table, claim.host);
  const outcome = {
    answered: answer !== undefined,
    proven: answer?.includes(value) ?? false,
    held: await isHeldElsewhere(table, scope, claim, holder),
  };
  const after = afterLookup(claim, outcome, now);
  const writes = [changedHostClaim(scope, claim, after, now)];
  // Written each time, so that nobody else takes the host between reading who has it and here.
  if (after.state === "verified") writes.push(takeHost(scope, claim.host, holder));
  if (after.state === "lost" && holder === scope.tenant) writes.push(freeHost(scope, claim.host));
  const action = after.state === claim.state ? undefined : actionOf[after.state];
  if (action) {
    const event = { at: now, actor: { door: "host-check" }, action, target: { host: claim.host }, request };
    writes.push(auditWrite(scope, event, random));
  }
  return writes;
}

/** Whether another tenant has the host and its own claim stands. What a tenant lost or gave up is there to be taken. */
async function isHeldElsewhere(
  table: Table,
  scope: TenantScope,
  { host }: HostClaim,
  holder: TenantId | undefined,
): Promise<boolean> {
  if (holder === undefined || holder === scope.tenant) return false;
  const standing = await readHostClaim(scopeOfWork(table, holder), host);
  return standing !== undefined && isServed(standing);
}
