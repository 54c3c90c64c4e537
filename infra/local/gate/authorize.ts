import { AccessDenied } from "#infra/local/access-denied.ts";
import type { AccessKey } from "#infra/local/access-key.ts";
import type { KmsCall } from "#infra/local/kms/server.ts";
import type { SesCall } from "#infra/local/ses/endpoint.ts";
import type { StsCall } from "#infra/local/sts/server.ts";
import type { KeyName, TenantRole } from "#infra/rights.ts";
import type { Call } from "./call.ts";
import { type Caller, type Principals, refusal, refusalOf, UnknownCaller } from "./principals.ts";

/** The question that the KMS stand-in asks before each operation. `keys`: the key's ARN or one of its aliases. */
export function authorizeKms(principals: Principals, keys: Readonly<Record<KeyName, string>>) {
  return function authorize(asked: KmsCall): void {
    const { action, keyArn, keyTags, foreign, newTags, aliases, encryptionContext, ...who } = asked;
    const names = Object.keys(keys) as KeyName[];
    const key = names.find((name) => keys[name] === keyArn || aliases.includes(keys[name]));
    const owner = Object.hasOwn(keyTags, "tenant") ? keyTags["tenant"] : undefined;
    const caller = identify(principals, who);
    require(caller, {
      ...{ on: "key", action, context: encryptionContext ?? {}, foreign },
      ...(key && { key }),
      ...(owner !== undefined && { owner }),
      ...(newTags && { newTags }),
    });
  };
}

/** The question that the STS stand-in asks. `roles`: their ARNs. */
export function authorizeSts(principals: Principals, roles: Readonly<Record<TenantRole, string>>) {
  return function authorize({ action, roleArn, tags, ...who }: StsCall): void {
    const caller = identify(principals, who);
    const role = (Object.keys(roles) as TenantRole[]).find((name) => roles[name] === roleArn);
    if (!role) throw new AccessDenied(refusal(caller, `${action} of a role that is not in the table of rights`));
    require(caller, { on: "role", action, role, tags });
    // Tags need a right of their own on AWS.
    require(caller, { on: "role", action: "sts:TagSession", role, tags });
  };
}

/** The question that the SES stand-in asks. */
export function authorizeSes(principals: Principals, mailDomain: string) {
  return function authorize({ action, from, ...who }: SesCall): void {
    require(identify(principals, who), { on: "mail", action, from, mailDomain });
  };
}

function identify(principals: Principals, { accessKeyId, sessionToken }: AccessKey): Caller {
  try {
    return principals.identify(sessionToken === undefined ? { accessKeyId } : { accessKeyId, sessionToken });
  } catch (error) {
    if (error instanceof UnknownCaller) throw new AccessDenied(error.message);
    throw error;
  }
}

function require(caller: Caller, call: Call): void {
  const refused = refusalOf(caller, call);
  if (refused !== undefined) throw new AccessDenied(refused);
}
