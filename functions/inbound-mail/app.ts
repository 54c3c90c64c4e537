/** One stored mail becomes one record for each tenant that it was for. Run twice, late or half, it comes to the same. */
import type { Delivery } from "#shared/mail/delivery.ts";
import { deliveryOf, sweptDelivery } from "#shared/mail/delivery.ts";
import { readMessage } from "#shared/mail/message.ts";
import type { SesReceipt } from "#shared/mail/ses-receipt.ts";
import { newIdentifier } from "#shared/report/identifier.ts";
import { decideIntake } from "#shared/report/intake-decision.ts";
import { rawLabel } from "#shared/report/message.ts";
import { readReplyTokens } from "#shared/report/reply-address.ts";
import { newSealingKey } from "#shared/sealing/sealing-key.ts";
import { wrapKey } from "#shared/sealing/wrapped-key.ts";
import { findKnown, markReceived, wasReceived } from "#shared/store/intake.ts";
import { addsToDigest } from "#shared/store/outbox.ts";
import { keepUnrouted, quarantine, unroutedOwner } from "#shared/store/quarantine.ts";
import { purposeBinding } from "#shared/store/sealing-keys.ts";
import { GuardFailed, type Write } from "#shared/store/table.ts";
import { type Addressee, addresseeFinder } from "./addressees.ts";
import { arrivalOf, digestsOf, referencedMails } from "./arrival.ts";
import type { InboundPorts } from "./ports.ts";
import { audit, duplicateWrites, type Incoming, joiningWrites, openingWrites } from "./record.ts";
import { messageSealer, placeRaw } from "./sealed-message.ts";

/** A stored mail whose notification never led to a record: the sweep found it. */
export interface Swept {
  readonly objectKey: string;
  readonly storedAt: Date;
}

/** How often a mail is decided anew because something about it changed meanwhile. */
const decisionsAtMost = 5;

/** Makes the function that takes in one mail. `request` names the invocation in the audit. */
export function createInboundMail(ports: InboundPorts) {
  const findAddressees = addresseeFinder(ports);

  return async function takeIn(notice: SesReceipt | Swept, request: string): Promise<void> {
    const objectKey = "objectKey" in notice ? notice.objectKey : notice.receipt.action.objectKey;
    const raw = await ports.objects.read(ports.rawBucket, objectKey);
    if (raw === undefined) {
      await confirmHandled(notice);
      return;
    }
    const mail = readMessage(raw);
    const delivery = "objectKey" in notice ? sweptDelivery(notice, mail) : deliveryOf(notice);
    if ("objectKey" in notice && isEarly(notice, delivery, ports.now())) return;
    const addressees = await findAddressees(delivery.recipients);
    for (const addressee of addressees) await takeInFor(addressee, { mail, raw, delivery, request });
    if (addressees.length === 0) await keepForNobody(ports, raw, delivery);
    await ports.objects.remove(ports.rawBucket, objectKey);
  };

  /** The object is gone, so somebody handled it: true for a second delivery. Otherwise the notice goes to the dead letters. */
  async function confirmHandled(notice: SesReceipt | Swept): Promise<void> {
    if ("objectKey" in notice) return;
    const { sesId, recipients } = deliveryOf(notice);
    const addressees = await findAddressees(recipients);
    const owners = addressees.length > 0 ? addressees.map(({ scope }) => scope.tenant) : (["unrouted"] as const);
    for (const owner of owners) {
      if (!(await wasReceived(ports.table, sesId, owner))) {
        throw new Error(
          `Stored mail ${sesId} can't be read and has no record. Look whether it is in the bucket and whether this door may read it, then replay the dead letter.`,
        );
      }
    }
  }

  async function takeInFor(
    addressee: Addressee,
    arrived: Pick<Incoming, "mail" | "raw" | "delivery" | "request">,
  ): Promise<void> {
    const digests = digestsOf(arrived.mail, arrived.raw, addressee);
    let digest = 1;
    for (let attempt = 1; ; attempt++) {
      const incoming: Incoming = { ...arrived, addressee, digests, digest, now: ports.now() };
      const writes = await decideWrites(incoming);
      if (writes.length === 0) return;
      try {
        await ports.table.transact(writes);
        return;
      } catch (error) {
        // Another run was quicker, or the sender's day is full: what is known has changed, so decide again.
        if (!(error instanceof GuardFailed) || attempt === decisionsAtMost) throw error;
        if (error.positions.some((position) => addsToDigest(writes[position]))) digest++;
      }
    }
  }

  async function decideWrites(incoming: Incoming): Promise<readonly Write[]> {
    const { mail, delivery, addressee, digests, now } = incoming;
    const tokens = readReplyTokens(addressee.recipients);
    const found = await findKnown(addressee.scope, {
      sesId: delivery.sesId,
      digests,
      tokens: tokens.digests,
      references: referencedMails(mail),
      now,
    });
    const own = { mailDomain: ports.mailDomain, contacts: addressee.profile.contacts };
    const decision = decideIntake(arrivalOf(mail, delivery, digests, own), { ...found, tokenGiven: tokens.given });
    switch (decision.do) {
      case "nothing":
        return [];
      case "note-duplicate":
        return duplicateWrites(ports, incoming);
      case "quarantine":
        return quarantineWrites(ports, incoming, decision.reason);
      case "join":
        return joiningWrites(ports, incoming, decision);
      case "open":
        return openingWrites(ports, incoming, decision);
    }
  }
}

/** A swept mail that does not name its recipient is left alone for a day: its notice, which does, may only be late. */
function isEarly({ storedAt }: Swept, { recipients }: Delivery, now: Date): boolean {
  return recipients.length === 0 && now.getTime() - storedAt.getTime() < 86_400_000;
}

/** Seals a mail for the tenant's staff to look at, outside the inbox. */
async function quarantineWrites(
  ports: InboundPorts,
  incoming: Incoming,
  reason: Parameters<typeof quarantine>[1]["reason"],
): Promise<Write[]> {
  const { addressee, delivery, raw, now } = incoming;
  const { scope } = addressee;
  const id = newIdentifier(ports.random);
  const sealer = await messageSealer(await addressee.sealingKey("quarantine"), purposeBinding(scope, "quarantine", id));
  const folder = `${scope.tenant}/quarantine/${id}`;
  const { object } = await placeRaw(sealer, rawLabel(id), raw, {
    objects: ports.objects,
    bucket: ports.sealedBucket,
    folder,
  });
  const kept = {
    id,
    sesId: delivery.sesId,
    receivedAt: delivery.receivedAt.toISOString(),
    size: raw.length,
    sealedKey: sealer.sealedKey,
    object,
    reason,
  };
  return [
    markReceived(scope, delivery.sesId, "quarantined", now),
    quarantine(scope, kept),
    audit(ports, incoming, "mail.quarantined", { quarantine: id, reason }),
  ];
}

/** Keeps a mail that no tenant claims, sealed under a key of its own that the operator's KMS rights alone can open. */
async function keepForNobody(ports: InboundPorts, raw: Uint8Array, delivery: Delivery): Promise<void> {
  if (await wasReceived(ports.table, delivery.sesId, "unrouted")) return;
  const id = newIdentifier(ports.random);
  const { suite, publicKey, privateKey } = await newSealingKey();
  const bound = { tenant: unroutedOwner, purpose: "quarantine", object: id } as const;
  const { platformKey } = ports.wrapper;
  const wrapped = await wrapKey(ports.wrapper, { version: 1, kmsKey: platformKey }, privateKey, bound, ports.now());
  const sealer = await messageSealer({ suite, publicKey }, bound);
  const { object } = await placeRaw(sealer, rawLabel(id), raw, {
    objects: ports.objects,
    bucket: ports.sealedBucket,
    folder: `${unroutedOwner}/${id}`,
  });
  const receivedAt = delivery.receivedAt.toISOString();
  const kept = {
    id,
    sesId: delivery.sesId,
    receivedAt,
    size: raw.length,
    sealedKey: sealer.sealedKey,
    object,
    ...wrapped,
  };
  try {
    await ports.table.transact(keepUnrouted(kept, ports.now()));
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
  }
}
