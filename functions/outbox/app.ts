/**
 * Sends what waits in the outbox. SES has no idempotency, so an item is claimed first and tagged with its id; when a run dies
 * between sending and noting it, SES's own Send event settles the doubt (`mail-feedback`), and only a claim that nobody
 * confirmed in time is sent again.
 */
import { scopeOfWork } from "#shared/access/scope.ts";
import type { AuditAction } from "#shared/audit/action.ts";
import { numbersMark } from "#shared/outbox/acknowledgement.ts";
import { type Mailer, MailRefused, MailThrottled } from "#shared/outbox/mailer.ts";
import { recipientMark, recipientObject } from "#shared/outbox/recipient.ts";
import type { Random } from "#shared/report/identifier.ts";
import { open } from "#shared/sealing/seal.ts";
import type { SealingPrivateKey } from "#shared/sealing/sealing-key.ts";
import { KeyUnavailable, type Unwrapper } from "#shared/sealing/vault.ts";
import { meetAcknowledgeClocks } from "#shared/store/acknowledge-clock.ts";
import { auditWrite } from "#shared/store/audit.ts";
import {
  attemptsAtMost,
  claim,
  claimHolds,
  markFailed,
  markSent,
  type OutboxItem,
  OutgoingMail,
  postpone,
  readOutboxItem,
} from "#shared/store/outbox.ts";
import { purposeBinding, purposeContext, readSealingKey } from "#shared/store/sealing-keys.ts";
import { GuardFailed, type Table, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

export interface OutboxPorts {
  readonly table: Table;
  readonly unwrapper: Unwrapper;
  readonly mailer: Mailer;
  readonly now: () => Date;
  readonly random: Random;
  /** Waits; handed in so that a test need not. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Pauses between tries in one run while SES asks for patience; after them the item goes back and the sweep brings it again. */
const patience = [250, 1_000];
/** How long an opened outbox key is kept: a key that is shut off stops the mail within a minute. */
const keyAge = 30_000;

/** Makes the function that sends one item. `request` names the invocation in the audit. */
export function createOutbox(ports: OutboxPorts) {
  const openedKeys = keyRing(ports);

  return async function deliver(
    work: { readonly tenant: string; readonly id: string; readonly at?: Date | undefined },
    request: string,
  ): Promise<void> {
    const scope = scopeOfWork(ports.table, work.tenant);
    const item = await readOutboxItem(scope, work.id);
    const now = ports.now();
    // A sweep may run for an instant ahead of this clock; what was due then is due here.
    if (!item || !isDue(item, work.at && work.at > now ? work.at : now)) return;
    const opened = event(scope, "mail.opened", { item: item.id }, request);
    if (!(await claim(scope, item, opened, ports.now()))) return;
    try {
      await send(scope, await asClaimed(scope, item), request);
    } catch (error) {
      if (isPassing(error)) return postpone(scope, item, ports.now());
      if (!(error instanceof MailRefused) && item.attempts < attemptsAtMost) throw error;
      const reason = error instanceof MailRefused ? error.message : nameOf(error);
      const refused = event(scope, "mail.refused", { item: item.id, reason }, request);
      await note(scope, [markFailed(scope, item), refused]);
    }
  };

  async function send(scope: TenantScope, item: OutboxItem, request: string): Promise<void> {
    const mail = await openMail(scope, item);
    const sesId = await sendPatiently({ ...mail, raw: Buffer.from(mail.raw, "latin1"), tags: tagsOf(scope, item) });
    // The clocks first: an item that is noted as sent is never looked at again.
    await meetAcknowledgeClocks(scope, item, ports.now());
    await note(scope, [
      ...markSent(scope, item, sesId, ports.now()),
      event(scope, "mail.sent", { item: item.id, mail: sesId }, request),
    ]);
  }

  /** A digest may have grown until the moment in which it was claimed. */
  async function asClaimed(scope: TenantScope, item: OutboxItem): Promise<OutboxItem> {
    return item.kind === "acknowledgement-digest" ? ((await readOutboxItem(scope, item.id)) ?? item) : item;
  }

  async function openMail(scope: TenantScope, item: OutboxItem): Promise<OutgoingMail> {
    const key = await openedKeys(scope);
    const plain = await open(key, item.sealed, purposeBinding(scope, "outbox", item.id));
    const mail = addressed(OutgoingMail.parse(JSON.parse(text(plain))), await recipientOf(key, scope, item));
    const numbers = [...(item.numbers ?? [])].map(String).sort();
    return { ...mail, raw: mail.raw.replace(numbersMark, numbers.join("\r\n    ")) };
  }

  async function recipientOf(key: SealingPrivateKey, scope: TenantScope, { recipient, subscription }: OutboxItem) {
    if (recipient === undefined || subscription === undefined) return undefined;
    return text(await open(key, recipient, purposeBinding(scope, "outbox", recipientObject(subscription))));
  }

  async function sendPatiently(mail: Parameters<Mailer["send"]>[0]): Promise<string> {
    for (const wait of patience) {
      try {
        return await ports.mailer.send(mail);
      } catch (error) {
        if (!(error instanceof MailThrottled)) throw error;
        await ports.pause(wait);
      }
    }
    return ports.mailer.send(mail);
  }

  /** Writes what came of it, unless SES's event has told already. */
  async function note(scope: TenantScope, writes: readonly Write[]): Promise<void> {
    try {
      await scope.table.transact(writes);
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
    }
  }

  function event(
    scope: TenantScope,
    action: AuditAction,
    target: Readonly<Record<string, string>>,
    request: string,
  ): Write {
    const at = ports.now();
    return auditWrite(scope, { at, actor: { door: "outbox" }, action, target, request }, ports.random);
  }
}

/** The mail to the one whose address was sealed on its own. */
function addressed(mail: OutgoingMail, recipient: string | undefined): OutgoingMail {
  return recipient === undefined
    ? mail
    : { ...mail, to: [recipient], raw: mail.raw.replace(recipientMark, () => recipient) };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** An item may be sent when its time has come and nobody else holds it. */
function isDue(item: OutboxItem, now: Date): boolean {
  if (item.state === "waiting") return Date.parse(item.notBefore) <= now.getTime();
  const since = Date.parse(item.claimedAt ?? item.createdAt);
  return item.state === "claimed" && since + claimHolds(item.attempts) <= now.getTime();
}

/** Nothing was sent, and what stood in the way passes: SES asks for patience, or the key is shut off. */
const isPassing = (error: unknown): boolean => error instanceof MailThrottled || error instanceof KeyUnavailable;

/** Of an error that nobody foresaw: its message may hold an address. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");

/** SES hands these back in its events. */
const tagsOf = (scope: TenantScope, item: OutboxItem) => ({ "candor-tenant": scope.tenant, "candor-item": item.id });

/** Opens each tenant's outbox key once in a while instead of once a mail. */
function keyRing(ports: OutboxPorts) {
  type Opened = ReturnType<typeof unwrap>;
  const opened = new Map<string, { readonly at: number; readonly key: Opened }>();
  async function unwrap(scope: TenantScope) {
    const stored = await readSealingKey(scope, "outbox");
    if (!stored) throw new Error("The tenant's outbox key is missing: restore the table, then run the outbox sweep.");
    const privateKey = await ports.unwrapper.unwrap(stored, purposeContext(scope, "outbox"));
    return { suite: stored.suite, privateKey };
  }
  return (scope: TenantScope): Opened => {
    const now = ports.now().getTime();
    const known = opened.get(scope.tenant);
    if (known && now - known.at < keyAge) return known.key;
    const key = unwrap(scope);
    opened.set(scope.tenant, { at: now, key });
    key.catch(() => opened.delete(scope.tenant));
    return key;
  };
}
