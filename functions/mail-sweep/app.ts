import type { Objects } from "#shared/store/objects.ts";
import type { Enqueue } from "#shared/store/queue.ts";

/** Younger mail is still on its regular way: notification, queue, and its retries. */
const grace = 15 * 60_000;
/** SES writes this object when a receipt rule is made, to show that it can. It is no mail. */
const setupNotice = "AMAZON_SES_SETUP_NOTIFICATION";

/** Queues every stored mail that should have become a record by `now`. A record removes its mail, so what is left needs work. */
export async function sweepMail(
  ports: { readonly objects: Objects; readonly bucket: string; readonly enqueue: Enqueue },
  now: Date,
): Promise<{ queued: number }> {
  let queued = 0;
  for await (const { key, storedAt } of ports.objects.list(ports.bucket, "inbound/")) {
    if (now.getTime() - storedAt.getTime() < grace || key.endsWith(`/${setupNotice}`)) continue;
    await ports.enqueue({ objectKey: key, storedAt: storedAt.toISOString() });
    queued++;
  }
  return { queued };
}
