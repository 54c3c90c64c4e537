/** That somebody wants to be told by mail of what a tenant publishes: asked for, confirmed by the address itself, ended by one click. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";

const day = 86_400_000;
/** How long an address may be confirmed after it was asked for. */
export const confirmWithin = 7 * day;
/** Mails that one address gets on a day because somebody enters it in the form: it may not be its owner. */
export const asksPerDay = 3;
/** Such mails of one tenant in an hour: whoever enters the addresses of others gets no further. */
export const asksPerHour = 200;
/** A release is told of so long after it was made: what follows soon is told in the same mail. */
export const gatherFor = 3_600_000;

const Frequency = z.enum(["release", "week"]);
/** Languages that mails are written in. */
export const MailLanguage = z.enum(["en", "de", "fr"]);
export type MailLanguage = z.infer<typeof MailLanguage>;

/** What the form sends. */
export const SubscriptionRequest = z.strictObject({
  address: z.email("write the address as name@example.org").max(254),
  every: Frequency.default("release"),
  language: MailLanguage.default("en"),
});
export type SubscriptionRequest = z.infer<typeof SubscriptionRequest>;

export const Subscription = z.object({
  /** Made of the address by a key that only KMS has: it finds the subscription, and does not lead back. */
  id: z.string(),
  state: z.enum(["pending", "active"]),
  every: Frequency,
  language: MailLanguage,
  /** The address, sealed for the purpose `outbox`: who sends can open it, who takes it in can't. */
  recipient: Bytes,
  /** SHA-256 of the secret in the newest mail that asks for confirmation. */
  confirmDigest: z.string(),
  askedOn: z.iso.date(),
  asks: z.int().min(1),
  createdAt: z.iso.datetime(),
  confirmedAt: z.iso.datetime().optional(),
  /** The release up to which it is told; 0 before the first. */
  told: z.int().min(0).default(0),
  mailedAt: z.iso.datetime().optional(),
  revision: z.int().min(1),
});
export type Subscription = z.infer<typeof Subscription>;

/** A tenant's key for subscriptions: derived inside KMS from this label, never stored. */
export const subscriptionKeyLabel = (tenant: string): Uint8Array => Buffer.from(`candor subscriptions v1|${tenant}`);

/** The id of the subscription of an address. Case and surrounding space make no other address. */
export const subscriptionId = (key: Uint8Array, address: string): string =>
  keyed(key, "address", address.trim().toLowerCase()).subarray(0, 16).toString("hex");

/** What stands in every mail and ends the subscription. Needs no place to be stored: whoever has the key can check it. */
export const unsubscribeToken = (key: Uint8Array, id: string): string =>
  `${id}.${keyed(key, "unsubscribe", id).toString("base64url")}`;

/** The id in a token that ends a subscription; `undefined` for any other text. */
export function unsubscribedId(key: Uint8Array, token: string): string | undefined {
  const id = idOf(token);
  return id !== undefined && sameText(token, unsubscribeToken(key, id)) ? id : undefined;
}

/** The token that confirms, and its digest. `secret`: 32 random bytes. */
export function confirmToken(id: string, secret: Uint8Array): { readonly token: string; readonly digest: string } {
  const token = `${id}.${Buffer.from(secret).toString("base64url")}`;
  return { token, digest: digestOf(token) };
}

export const confirms = ({ confirmDigest }: Subscription, token: string): boolean =>
  sameText(digestOf(token), confirmDigest);

const tokenForm = /^([0-9a-f]{32})\.[A-Za-z0-9_-]{43}$/;
/** Which subscription a token is about, whether or not it is good. */
export const idOf = (token: string): string | undefined => tokenForm.exec(token)?.[1];

/** Whether it is to be told now of the release that is shown. Weekly means: not sooner than seven days after the mail before. */
export function isToBeTold({ state, told, every, mailedAt }: Subscription, shown: number, now: Date): boolean {
  if (state !== "active" || told >= shown) return false;
  return every === "release" || mailedAt === undefined || Date.parse(mailedAt) + 7 * day <= now.getTime();
}

/** When one that waits for its week is to be told; `undefined` where nothing waits. */
export function toldLater(subscription: Subscription, shown: number, now: Date): Date | undefined {
  const { state, told, mailedAt } = subscription;
  if (state !== "active" || told >= shown || mailedAt === undefined || isToBeTold(subscription, shown, now)) return;
  return new Date(Date.parse(mailedAt) + 7 * day);
}

/** How often the address was asked on this day so far. */
export const asksOn = ({ askedOn, asks }: Subscription, now: Date): number =>
  askedOn === now.toISOString().slice(0, 10) ? asks : 0;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const keyed = (key: Uint8Array, use: string, text: string): Buffer =>
  createHmac("sha256", key).update(`${use}\n${text}`).digest();

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
