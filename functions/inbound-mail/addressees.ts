import { type KnownTenant, scopeOfRecipient } from "#shared/access/scope.ts";
import { type DigestKey, digestKeyLabel } from "#shared/report/mail-digests.ts";
import type { SealingPublicKey } from "#shared/sealing/sealing-key.ts";
import type { WrapContext } from "#shared/sealing/vault.ts";
import { type SealingVersion, type WrappedKey, wrapKey } from "#shared/sealing/wrapped-key.ts";
import { readSealingVersion } from "#shared/store/named-keys.ts";
import { type SealingPurpose, sealingKeyFor } from "#shared/store/sealing-keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { InboundPorts } from "./ports.ts";

/** A tenant that a mail is for, with what is needed to take it in. */
export interface Addressee extends KnownTenant {
  readonly recipients: readonly string[];
  readonly digestKey: DigestKey;
  sealingKey(purpose: SealingPurpose): Promise<SealingPublicKey>;
  /** Wraps a private key where the tenant wants its keys to stand. */
  wrap(privateKey: Uint8Array, context: WrapContext): Promise<WrappedKey>;
}

/** How long a tenant's profile, and where its keys are to stand, may be out of date here. */
const profileAge = 30_000;
/** Names remembered at most: each address that a tenant claimed is one. */
const remembered = 1_000;

/**
 * Finds the tenants of a mail by its envelope recipients, and remembers for half a minute what does not change from one
 * mail to the next. That an address is nobody's is not remembered: it may be somebody's the moment after.
 */
export function addresseeFinder(ports: InboundPorts) {
  const profiles = new Map<string, { readonly at: number; readonly tenant: Promise<KnownTenant | undefined> }>();
  const secrets = new Map<string, Promise<unknown>>();

  const once = <Value>(name: string, make: () => Promise<Value>): Promise<Value> => {
    const known = secrets.get(name) as Promise<Value> | undefined;
    if (known !== undefined) return known;
    const made = make();
    secrets.set(name, made);
    made.catch(() => secrets.delete(name));
    return made;
  };

  const versions = new Map<string, { readonly at: number; readonly version: Promise<SealingVersion> }>();
  const versionOf = (scope: TenantScope): Promise<SealingVersion> => {
    const now = ports.now().getTime();
    const known = versions.get(scope.tenant);
    if (known && now - known.at < profileAge) return known.version;
    if (versions.size >= remembered) versions.clear();
    const version = readSealingVersion(scope, ports.wrapper.platformKey);
    versions.set(scope.tenant, { at: now, version });
    version.catch(() => versions.delete(scope.tenant));
    return version;
  };
  const wrapFor =
    (scope: TenantScope): Addressee["wrap"] =>
    async (privateKey, context) =>
      wrapKey(ports.wrapper, await versionOf(scope), privateKey, context, ports.now());

  const tenantOf = (recipient: string): Promise<KnownTenant | undefined> => {
    const name = nameOf(recipient, ports.mailDomain);
    const now = ports.now().getTime();
    const known = profiles.get(name);
    if (known && now - known.at < profileAge) return known.tenant;
    if (profiles.size >= remembered) profiles.clear();
    const tenant = scopeOfRecipient(ports.table, recipient, ports.mailDomain);
    profiles.set(name, { at: now, tenant });
    tenant.then(
      (found) => found ?? profiles.delete(name),
      () => profiles.delete(name),
    );
    return tenant;
  };

  return async (recipients: readonly string[]): Promise<readonly Addressee[]> => {
    const found = new Map<string, { tenant: KnownTenant; recipients: string[] }>();
    for (const recipient of recipients) {
      const tenant = await tenantOf(recipient);
      if (!tenant) continue;
      const entry = found.get(tenant.scope.tenant);
      if (entry) entry.recipients.push(recipient);
      else found.set(tenant.scope.tenant, { tenant, recipients: [recipient] });
    }
    return Promise.all(
      [...found.values()].map(async ({ tenant, recipients: own }) => ({
        ...tenant,
        recipients: own,
        digestKey: await once(`digest ${tenant.scope.tenant}`, () =>
          ports.digester.mac(digestKeyLabel(tenant.scope.tenant)),
        ),
        wrap: wrapFor(tenant.scope),
        sealingKey: (purpose: SealingPurpose) =>
          once(`${purpose} ${tenant.scope.tenant}`, () => sealingKeyFor(tenant.scope, purpose, wrapFor(tenant.scope))),
      })),
    );
  };
}

/** Every address at a tenant's own mail domain is that tenant's: one entry serves them all. */
function nameOf(recipient: string, mailDomain: string): string {
  const address = recipient.toLowerCase();
  const host = address.slice(address.lastIndexOf("@") + 1);
  return host.endsWith(`.${mailDomain}`) ? host : address;
}
