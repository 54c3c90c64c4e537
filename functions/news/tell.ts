/** Telling subscribers of a release: an item of the outbox for each, once for each release that is shown. */
import type { KnownTenant } from "#shared/access/scope.ts";
import { readReleaseBody } from "#shared/posture/read-release-body.ts";
import { differenceOf, type ReleaseDifference } from "#shared/release/difference.ts";
import type { ReleasePointer } from "#shared/release/public-release.ts";
import type { SealingPublicKey } from "#shared/sealing/sealing-key.ts";
import { newSubscriptionMail, sealOutgoing } from "#shared/store/outbox.ts";
import { readPublicRelease, readReleasePointer } from "#shared/store/public-releases.ts";
import { readBody } from "#shared/store/release-bodies.ts";
import { readSealingKey } from "#shared/store/sealing-keys.ts";
import {
  allTold,
  goOn,
  listSubscriptions,
  type News,
  readNews,
  storeSubscription,
} from "#shared/store/subscriptions.ts";
import { GuardFailed, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { leavePath, letter, linkTo } from "#shared/subscription/letter.ts";
import { releaseMail } from "#shared/subscription/mail.ts";
import { isToBeTold, type Subscription, toldLater, unsubscribeToken } from "#shared/subscription/subscription.ts";
import type { NewsPorts } from "./ports.ts";

/** Subscriptions that one run looks at; the next goes on behind them. */
const mostAtOnce = 400;
const pageLength = 100;
/** How soon a run that had enough goes on, and how soon after a round in parts the next one looks who waits for a week. */
const soon = 1_000;
const later = 3_600_000;

export function teller(ports: NewsPorts) {
  /** Goes on where the run before it ended. Told twice is told once: the mail's item is named by release and subscription. */
  return async function tell(tenant: KnownTenant, now: Date): Promise<void> {
    const { scope } = tenant;
    const news = await readNews(scope);
    if (!news) return;
    const pointer = await readReleasePointer(scope);
    if (!pointer) return unlessNewer(scope, allTold(scope, news));
    const differences = rememberedDifferences(ports, scope, pointer);
    let waits: Date | undefined;
    let { after } = news;
    for (let looked = 0; ; looked += pageLength) {
      const page = await listSubscriptions(scope, { limit: pageLength, after });
      for (const subscription of page.subscriptions) {
        const wait = toldLater(subscription, pointer.release, now);
        if (wait && (!waits || wait < waits)) waits = wait;
        if (isToBeTold(subscription, pointer.release, now))
          await tellOne(tenant, subscription, pointer, await differences(subscription.told), now);
      }
      after = page.next;
      if (after === undefined) break;
      // A week that ends meanwhile is looked at in the round that follows this one.
      if (looked >= mostAtOnce) return unlessNewer(scope, goOn(scope, { ...news, after }, at(now, soon)));
    }
    const rest: News = { release: news.release };
    // A run that began in the middle has not seen who waits before it.
    const again = news.after === undefined ? waits : at(now, later);
    return unlessNewer(scope, again ? goOn(scope, rest, again) : allTold(scope, news));
  };

  async function tellOne(
    tenant: KnownTenant,
    subscription: Subscription,
    { release }: ReleasePointer,
    difference: ReleaseDifference | undefined,
    now: Date,
  ): Promise<void> {
    const { scope, profile } = tenant;
    const { id, told, language, recipient } = subscription;
    const link = (path: string) => linkTo(ports.siteUrl, scope.tenant, path);
    const leave = link(leavePath(unsubscribeToken(await ports.keyOf(scope.tenant), id)));
    const compare = difference && link(`/releases/${String(told)}/diff/${String(release)}`);
    const links = { posture: link("/"), compare, leave };
    const text = releaseMail(language, { tenant: profile.name, release, links, difference });
    const item = `news-${String(release)}-${id}`;
    const outgoing = await letter(profile, ports.mailDomain, { ...text, leave });
    const sealed = await sealOutgoing(scope, await outboxKey(scope), item, outgoing);
    const mail = { id: item, kind: "release-news", sealed, subscription: id, recipient } as const;
    const after = { ...subscription, told: release, mailedAt: now.toISOString() };
    await unlessNewer(scope, newSubscriptionMail(scope, mail, now), storeSubscription(scope, subscription, after));
  }
}

/** The key that subscribers' addresses are sealed with: where there is a subscriber there is one. */
async function outboxKey(scope: TenantScope): Promise<SealingPublicKey> {
  const key = await readSealingKey(scope, "outbox");
  if (!key) throw new Error(`The outbox key of ${scope.tenant} is gone: restore the table.`);
  return key;
}

/** What is different between the release shown and one that somebody was told of: read once for each. */
function rememberedDifferences({ releases }: NewsPorts, scope: TenantScope, shown: ReleasePointer) {
  const known = new Map<number, Promise<ReleaseDifference | undefined>>();
  const bodyOf = async (digest: string) => {
    const bytes = await readBody(releases, scope.tenant, digest);
    return bytes && readReleaseBody(bytes);
  };
  async function differenceFrom(told: number): Promise<ReleaseDifference | undefined> {
    const before = told === 0 ? undefined : await readPublicRelease(scope, told);
    if (!before || before.withdrawn) return undefined;
    const [one, other] = await Promise.all([bodyOf(before.body), bodyOf(shown.body)]);
    return one && other && differenceOf(one, other);
  }
  return (told: number) => {
    const found = known.get(told) ?? differenceFrom(told);
    known.set(told, found);
    return found;
  };
}

const at = (now: Date, milliseconds: number): Date => new Date(now.getTime() + milliseconds);

/** Somebody else did it, or a newer release came: either has its own run. */
async function unlessNewer({ table }: TenantScope, ...writes: readonly Write[]): Promise<void> {
  try {
    await table.transact(writes);
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
  }
}
