/** What releases hold: an object for each body, under its tenant and its digest. Written once; other bytes have another name. */
import { digestOf, hexOf } from "#shared/release/digest.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import type { Objects } from "./objects.ts";

/** A bucket of release bodies. */
export interface ReleaseStore {
  readonly objects: Objects;
  readonly bucket: string;
}

const bodyObject = (tenant: TenantId, digest: string): string => `${tenant}/${hexOf(digest)}`;

/** Stores a body, where it is not there yet, and answers its digest. */
export async function storeBody(
  { objects, bucket }: ReleaseStore,
  tenant: TenantId,
  body: Uint8Array,
): Promise<string> {
  const digest = digestOf(body);
  const name = bodyObject(tenant, digest);
  if ((await objects.read(bucket, name)) === undefined) await objects.write(bucket, name, [body]);
  return digest;
}

/** The body of that digest; `undefined` where it was taken away. @throws where other bytes are there */
export async function readBody(
  { objects, bucket }: ReleaseStore,
  tenant: TenantId,
  digest: string,
): Promise<Uint8Array | undefined> {
  const body = await objects.read(bucket, bodyObject(tenant, digest));
  if (body !== undefined && digestOf(body) !== digest)
    throw new Error(`The body ${digest} of ${tenant} has other bytes than its name says: restore the releases bucket.`);
  return body;
}

/** Takes a body away. The last step of a withdrawal. */
export async function removeBody({ objects, bucket }: ReleaseStore, tenant: TenantId, digest: string): Promise<void> {
  await objects.remove(bucket, bodyObject(tenant, digest));
}
