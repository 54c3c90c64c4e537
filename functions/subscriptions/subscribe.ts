/** Asking for mail, confirming it and ending it. Whoever enters an address learns nothing of it. */
import type { KnownTenant } from "#shared/access/scope.ts";
import { Failure } from "#shared/failure.ts";
import { recipientObject } from "#shared/outbox/recipient.ts";
import { newIdentifier } from "#shared/report/identifier.ts";
import { seal } from "#shared/sealing/seal.ts";
import { wrapKey } from "#shared/sealing/wrapped-key.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { readSealingVersion } from "#shared/store/named-keys.ts";
import { newSubscriptionMail, sealOutgoing } from "#shared/store/outbox.ts";
import { readReleasePointer } from "#shared/store/public-releases.ts";
import { purposeBinding, sealingKeyFor } from "#shared/store/sealing-keys.ts";
import { countAsk, forgetSubscription, readSubscription, storeSubscription } from "#shared/store/subscriptions.ts";
import { GuardFailed, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { leavePath, letter, linkTo } from "#shared/subscription/letter.ts";
import { confirmationMail, knownMail } from "#shared/subscription/mail.ts";
import {
  asksOn,
  asksPerDay,
  confirms,
  confirmToken,
  idOf,
  type Subscription,
  type SubscriptionRequest,
  subscriptionId,
  unsubscribedId,
  unsubscribeToken,
} from "#shared/subscription/subscription.ts";
import type { SubscriptionPorts } from "./ports.ts";

export function subscriptionDesk(ports: SubscriptionPorts) {
  /** @throws Failure `rate-limited` when the tenant's hour is full, whoever asks */
  async function ask(tenant: KnownTenant, request: SubscriptionRequest, invocation: string): Promise<void> {
    const { scope } = tenant;
    const now = ports.now();
    const key = await ports.keyOf(scope.tenant);
    const id = subscriptionId(key, request.address);
    const before = await readSubscription(scope, id);
    const asks = before ? asksOn(before, now) : 0;
    if (asks >= asksPerDay) return;
    const { token, digest } = confirmToken(id, ports.random(32));
    const after = await asked(tenant, { id, request, before, asks, digest, now });
    const link = (path: string) => linkTo(ports.siteUrl, scope.tenant, path);
    const leave = link(leavePath(unsubscribeToken(key, id)));
    const { name } = tenant.profile;
    const text =
      after.state === "active"
        ? knownMail(after.language, name, leave)
        : confirmationMail(after.language, name, link(`/subscribe/confirm?token=${token}`));
    const item = newIdentifier(ports.random);
    const outgoing = await letter(tenant.profile, ports.mailDomain, { ...text, leave });
    const sealed = await sealOutgoing(scope, await outboxKey(scope), item, outgoing);
    const mail = { id: item, kind: "subscription-ask", sealed, subscription: id, recipient: after.recipient } as const;
    try {
      await scope.table.transact([
        countAsk(scope, now),
        storeSubscription(scope, before, after),
        newSubscriptionMail(scope, mail, now),
        event(tenant, "subscription.asked", id, invocation),
      ]);
    } catch (error) {
      if (error instanceof GuardFailed && error.positions.includes(0))
        throw new Failure("rate-limited", "Too many addresses were entered here in this hour. Try again in an hour.", {
          retryAfter: 3_600,
        });
      // Of two that ask for one address at the same time, the other's mail is as good.
      if (!(error instanceof GuardFailed)) throw error;
    }
  }

  async function asked(
    { scope }: KnownTenant,
    given: {
      readonly id: string;
      readonly request: SubscriptionRequest;
      readonly before: Subscription | undefined;
      readonly asks: number;
      readonly digest: string;
      readonly now: Date;
    },
  ): Promise<Omit<Subscription, "revision">> {
    const { id, request, before, asks, digest, now } = given;
    const asksNow = { askedOn: now.toISOString().slice(0, 10), asks: asks + 1 };
    if (before?.state === "active") return { ...before, ...asksNow };
    const address = Buffer.from(request.address.trim());
    const outbox = await outboxKey(scope);
    const recipient = await seal(outbox, address, purposeBinding(scope, "outbox", recipientObject(id)));
    const { every, language } = request;
    return {
      ...{ id, state: "pending", every, language, recipient, confirmDigest: digest, ...asksNow },
      ...{ createdAt: now.toISOString(), told: 0 },
    };
  }

  /** Whether the token confirmed a subscription, now or before. What is published already is not told of. */
  async function confirm(tenant: KnownTenant, token: string, invocation: string): Promise<boolean> {
    const { scope } = tenant;
    const id = idOf(token);
    const before = id === undefined ? undefined : await readSubscription(scope, id);
    if (!before || !confirms(before, token)) return false;
    if (before.state === "active") return true;
    const told = (await readReleasePointer(scope))?.release ?? 0;
    const confirmedAt = ports.now().toISOString();
    const after = { ...before, state: "active", told, confirmedAt } as const;
    const writes = [
      storeSubscription(scope, before, after),
      event(tenant, "subscription.confirmed", before.id, invocation),
    ];
    return committed(scope.table.transact(writes), () => confirm(tenant, token, invocation));
  }

  /** Whether the token was one that ends a subscription; one that ended already ends again. */
  async function leave(tenant: KnownTenant, token: string, invocation: string): Promise<boolean> {
    const { scope } = tenant;
    const id = unsubscribedId(await ports.keyOf(scope.tenant), token);
    if (id === undefined) return false;
    if (!(await readSubscription(scope, id))) return true;
    await scope.table.transact([forgetSubscription(scope, id), event(tenant, "subscription.ended", id, invocation)]);
    return true;
  }

  /** The tenant's key for what is sent, made on first use and wrapped where the tenant wants its keys to stand. */
  const outboxKey = (scope: TenantScope) =>
    sealingKeyFor(scope, "outbox", async (privateKey, context) => {
      const version = await readSealingVersion(scope, ports.wrapper.platformKey);
      return wrapKey(ports.wrapper, version, privateKey, context, ports.now());
    });

  function event(
    { scope }: KnownTenant,
    action: "subscription.asked" | "subscription.confirmed" | "subscription.ended",
    subscription: string,
    request: string,
  ): Write {
    const target = { subscription };
    return auditWrite(
      scope,
      { at: ports.now(), actor: { door: "subscriptions" }, action, target, request },
      ports.random,
    );
  }

  return { ask, confirm, leave };
}

/** Whether it was written; somebody else's change in between is looked at once more. */
async function committed(write: Promise<void>, again: () => Promise<boolean>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    return again();
  }
}
