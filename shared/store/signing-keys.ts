/** The keys that sign, their OpenPGP certificates, and when to look after what a tenant states with them. No secret is in them. */
import * as z from "zod";
import { type KeyUse, SigningKey, type SigningKeyVersion } from "#shared/signing/signing-key.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { dueKeys } from "./due.ts";
import { duePartition, dueShards, type KeyOwner, keyAttributes, partitions, platform, sorts } from "./keys.ts";
import type { Key, Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** Where a key is kept: a tenant's own, or one of the deployment. */
export interface KeyPlace {
  readonly table: Table;
  readonly owner: KeyOwner;
  readonly use: KeyUse;
}

export const tenantKey = ({ table, tenant }: TenantScope): KeyPlace => ({ table, owner: tenant, use: "statements" });
export const platformKey = (table: Table, use: "checkpoints" | "receipts"): KeyPlace => ({
  table,
  owner: platform,
  use,
});

const key = ({ owner, use }: KeyPlace): Key => ({ pk: partitions.signing(owner), sk: sorts.signingKey(use) });

export async function readSigningKey(place: KeyPlace): Promise<SigningKey | undefined> {
  const item = await place.table.get(key(place));
  if (!item) return undefined;
  const { pk: _pk, sk: _sk, ...stored } = item;
  return SigningKey.parse(stored);
}

/** The write that stores a key, as it follows from the one that was read. Fails where another one was stored meanwhile. */
export function storeSigningKey(place: KeyPlace, before: SigningKey | undefined, after: SigningKey): Write {
  return { put: { ...key(place), ...after }, guard: before ? { equals: { revision: before.revision } } : "absent" };
}

/** A version's OpenPGP key with its user id, as it was signed: an ECDSA signature is another one each time. */
const StoredCertificate = z.object({ userId: z.string(), armored: z.string() });
export type StoredCertificate = z.infer<typeof StoredCertificate>;

const certificateKey = ({ owner }: KeyPlace, { version }: SigningKeyVersion): Key => ({
  pk: partitions.signing(owner),
  sk: sorts.certificate(version),
});

export async function readCertificateOf(
  place: KeyPlace,
  version: SigningKeyVersion,
): Promise<StoredCertificate | undefined> {
  const item = await place.table.get(certificateKey(place, version));
  return item && StoredCertificate.parse(item);
}

export async function storeCertificate(
  place: KeyPlace,
  version: SigningKeyVersion,
  certificate: StoredCertificate,
): Promise<void> {
  await place.table.write({ put: { ...certificateKey(place, version), ...certificate } });
}

const renewalKey = (tenant: TenantId): Key => ({ pk: partitions.signing(tenant), sk: sorts.renewal() });

/** The write that has a tenant's keys made and its statements signed; belongs into the transaction that makes the tenant. */
export function firstRenewal({ tenant }: TenantScope): Write {
  return { put: { ...renewalKey(tenant), ...renewalDue(tenant, new Date(0)) }, guard: "absent" };
}

/** Has a tenant's statements looked after again at `at`. */
export async function nextRenewal({ table, tenant }: TenantScope, at: Date): Promise<void> {
  await table.write({ update: renewalKey(tenant), set: renewalDue(tenant, at), guard: "present" });
}

/** Tenants whose statements are due at `now`, at most about `most`. */
export async function dueRenewals(table: Table, now: Date, most: number): Promise<readonly TenantId[]> {
  const due = await dueKeys(table, "renewal", now, most);
  return due.flatMap((found) => tenantToRenew(found.key) ?? []);
}

/** The tenant that an item asks to look after; `undefined` for other items of the partition. */
export function tenantToRenew({ pk, sk }: Key): TenantId | undefined {
  const tenant = TenantId.safeParse(pk.split("#")[1]);
  if (!tenant.success) return undefined;
  const asks =
    (sk === sorts.renewal() && pk === partitions.signing(tenant.data)) ||
    (sk === sorts.askedRotation() && pk === partitions.asked(tenant.data));
  return asks ? tenant.data : undefined;
}

const askKey = ({ tenant }: TenantScope): Key => ({ pk: partitions.asked(tenant), sk: sorts.askedRotation() });

/** How long after it is written the schedule looks for an ask that the stream should have brought. */
const streamGrace = 60_000;

/** The write that asks `notary` for a new version of the key that signs a tenant's statements. Fails where it is asked already. */
export function askForSigningKey(scope: TenantScope, now: Date): Write {
  const due = renewalDue(scope.tenant, new Date(now.getTime() + streamGrace));
  return { put: { ...askKey(scope), at: now.toISOString(), ...due }, guard: "absent" };
}

export async function isSigningKeyAsked(scope: TenantScope): Promise<boolean> {
  return (await scope.table.get(askKey(scope))) !== undefined;
}

/** The write that takes an ask away; belongs into the transaction of what was asked. */
export function signingKeyAnswered(scope: TenantScope): Write {
  return { delete: askKey(scope), guard: "present" };
}

const renewalDue = (tenant: TenantId, at: Date) => ({
  [keyAttributes.duePartition]: duePartition("renewal", (tenant.length + tenant.charCodeAt(0)) % dueShards),
  [keyAttributes.dueSort]: `${at.toISOString()}#${tenant}`,
});
