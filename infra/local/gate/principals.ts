import type { DoorName } from "#infra/doors.ts";
import type { AccessKey } from "#infra/local/access-key.ts";
import type { Sessions } from "#infra/local/sts/sessions.ts";
import { type Principal, rights } from "#infra/rights.ts";
import type { Call } from "./call.ts";
import { decide, type SessionTag } from "./decision.ts";

/** Who makes a call. The host itself may do everything: it plays the parts of AWS that wire the doors together. */
export interface Caller {
  readonly principal: Principal | "host";
  readonly tag: SessionTag;
}

export interface Principals {
  readonly hostKey: string;
  /**
   * The caller that a signed request names.
   * @throws UnknownCaller for a key that nobody has, and for a session's key without its token
   */
  identify(key: AccessKey | undefined): Caller;
}

/** A request by nobody we know. The message is AWS's own. */
export class UnknownCaller extends Error {
  override readonly name = "UnknownCaller";
}

/** `doorKeys`: access key id to door, made at each start. `sessions` is asked at each call: STS itself needs this first. */
export function createPrincipals(known: {
  readonly hostKey: string;
  readonly doorKeys: ReadonlyMap<string, DoorName>;
  readonly sessions: () => Sessions | undefined;
}): Principals {
  function find(key: AccessKey): Caller | undefined {
    if (key.accessKeyId === known.hostKey) return { principal: "host", tag: {} };
    const door = known.doorKeys.get(key.accessKeyId);
    if (door !== undefined) return { principal: door, tag: {} };
    const session = known.sessions()?.verify(key.accessKeyId, key.sessionToken);
    if (!session || !isPrincipal(session.roleName)) return undefined;
    const tenant = Object.hasOwn(session.tags, "tenant") ? session.tags["tenant"] : undefined;
    return { principal: session.roleName, tag: tenant === undefined ? {} : { tenant } };
  }

  return {
    hostKey: known.hostKey,
    identify(key) {
      const caller = key && find(key);
      if (!caller) throw new UnknownCaller("The security token included in the request is invalid.");
      return caller;
    },
  };
}

const isPrincipal = (name: string): name is Principal => Object.hasOwn(rights, name);

/** Why a caller may not make a call, as a sentence for whoever wrote the call; undefined where it may. */
export function refusalOf({ principal, tag }: Caller, call: Call): string | undefined {
  if (principal === "host") return undefined;
  const decision = decide(principal, tag, call);
  return decision.allowed ? undefined : refusal({ principal, tag }, decision.reason);
}

/** The sentence of a refusal. */
export function refusal({ principal, tag }: Caller, what: string): string {
  const tenant = tag.tenant === undefined ? "" : `, session tag tenant=${tag.tenant},`;
  return `User: role/${principal}${tenant} is not authorized to perform: ${what}. If it should be, add the right in infra/rights.ts.`;
}
