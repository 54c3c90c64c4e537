/** Mail that waits for a person, to look at: the audit event is written before it is opened. */
import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";
import { rawLabel } from "#shared/report/message.ts";
import { contentKey, openMessageKey } from "#shared/sealing/sealed-object.ts";
import { decryptBytes } from "#shared/sealing/stream.ts";
import type { Unwrapper } from "#shared/sealing/vault.ts";
import { partitions } from "./keys.ts";
import type { Objects } from "./objects.ts";
import { purposeBinding, purposeContext, readSealingKey } from "./sealing-keys.ts";
import type { TenantScope } from "./tenant-scope.ts";

const QuarantinedMail = z.object({
  id: z.string(),
  receivedAt: z.string(),
  reason: z.string(),
  size: z.int(),
  object: z.string(),
  sealedKey: Bytes,
});
export type QuarantinedMail = z.infer<typeof QuarantinedMail>;

/** In order of arrival. `after`: where the page before ended. */
export async function quarantinedMails(
  { table, tenant }: TenantScope,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly mails: readonly QuarantinedMail[]; readonly next?: string | undefined }> {
  const partition = partitions.quarantine(tenant);
  const { items, next } = await table.list({
    ...{ partition, limit: page.limit },
    ...(page.after === undefined ? {} : { after: { pk: partition, sk: page.after } }),
  });
  return { mails: items.map((item) => QuarantinedMail.parse(item)), next: next && String(next["sk"]) };
}

/** The mail as it came. */
export async function openQuarantined(
  scope: TenantScope,
  { id, object, sealedKey }: QuarantinedMail,
  ports: { readonly unwrapper: Unwrapper; readonly objects: Objects; readonly bucket: string },
): Promise<Uint8Array> {
  const stored = await readSealingKey(scope, "quarantine");
  const sealed = await ports.objects.read(ports.bucket, object);
  if (!stored || !sealed)
    throw new Error("A quarantined mail or its key is missing: restore the table and the bucket.");
  const privateKey = await ports.unwrapper.unwrap(stored, purposeContext(scope, "quarantine"));
  const binding = purposeBinding(scope, "quarantine", id);
  const messageKey = await openMessageKey({ suite: stored.suite, privateKey }, binding, sealedKey);
  return decryptBytes(contentKey(messageKey, rawLabel(id)), binding, sealed);
}
