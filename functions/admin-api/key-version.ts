/** Where a new version of a named key comes from: the platform's KMS key, a new one of the tenant's, or one in its own account. */
import { randomBytes } from "node:crypto";
import { Failure } from "#shared/failure.ts";
import { tryExternalKey, tryExternalSealingKey } from "#shared/transit/external-key.ts";
import { type KeyOrigin, type KeyPurpose, sealingKeyName } from "#shared/transit/key.ts";
import { makeVersion, type NewVersion } from "#shared/transit/new-version.ts";
import type { TenantVariables } from "./tenant-request.ts";

interface Wanted {
  readonly name: string;
  readonly purpose: KeyPurpose;
  readonly origin?: KeyOrigin | undefined;
  /** ARN of a key in the tenant's own account. */
  readonly kmsKey?: string | undefined;
  readonly rotateEvery?: string | undefined;
}

/** @throws Failure `invalid` for a combination that makes no sense, `conflict` for a key that does not go round */
export async function addVersion(by: TenantVariables, wanted: Wanted, number: number): Promise<NewVersion> {
  const origin = originOf(wanted);
  if (origin === "external") return externalVersion(by, wanted, number);
  const { name, purpose } = wanted;
  const { keys, sealingKey } = by.ports;
  const platformKey = name === sealingKeyName ? sealingKey : keys.platformKey;
  return makeVersion(keys, { tenant: by.scope.tenant, name, purpose, origin, platformKey }, number);
}

function originOf({ purpose, origin, kmsKey, rotateEvery }: Wanted): KeyOrigin {
  if (kmsKey !== undefined && origin !== undefined && origin !== "external")
    throw refused("/kmsKey", "is given for origin external alone");
  const chosen = kmsKey === undefined ? (origin ?? (purpose === "encryption" ? "platform" : "tenant")) : "external";
  // Without an encryption context nothing would keep tenants apart on a key that they share or that some other account has.
  if (purpose !== "encryption" && chosen !== "tenant")
    throw refused("/origin", `must be tenant for a key for ${purpose}: other KMS keys serve encryption alone`);
  if (chosen === "external" && rotateEvery !== undefined)
    throw refused("/rotateEvery", "can't be kept for keys of your own account: rotate with the ARN of the next one");
  return chosen;
}

async function externalVersion({ scope, ports }: TenantVariables, wanted: Wanted, number: number): Promise<NewVersion> {
  const { name, kmsKey } = wanted;
  if (kmsKey === undefined) throw refused("/kmsKey", "must name the key in your AWS account by its ARN");
  const why = ports.keys.whyNotExternal(kmsKey);
  if (why !== undefined) throw refused("/kmsKey", why);
  const { tenant } = scope;
  if (name === sealingKeyName) {
    const context = { tenant, purpose: "conversation", object: "round-trip" } as const;
    await tryExternalSealingKey(ports.keys, { kmsKey, context }, randomBytes(32));
  } else {
    const context = { tenant, purpose: "transit", key: name, version: String(number) } as const;
    await tryExternalKey(ports.keys, { kmsKey, context });
  }
  return { origin: "external", kmsKey };
}

const refused = (pointer: string, detail: string): Failure =>
  new Failure("invalid", "What was sent is not as this operation takes it. Correct what errors names.", {
    faults: [{ pointer, detail }],
  });
