/**
 * Says "later" to who asks too much. A process takes several tokens of a bucket at a time and hands them out, so that most
 * requests ask nobody. While the buckets can't be reached, reads go on and changes are refused: what nobody counts may be read.
 */
import { Failure } from "#shared/failure.ts";
import type { Limit } from "#shared/rate/bucket.ts";

/** How long a bucket that could not be reached is left alone, in milliseconds. */
const pause = 1_000;
const remembered = 10_000;

export interface Limited {
  /** Who it is within this process. */
  readonly name: string;
  readonly limit: Limit;
  /** A change is not let through uncounted. */
  readonly changes: boolean;
}

export interface RateLimiter {
  /** Lets one request through. @throws Failure `rate-limited`, or `unavailable` for a change that nobody can count */
  admit(who: Limited): Promise<void>;
}

interface Lease {
  left: number;
  /** Milliseconds since the epoch: until then there is none. */
  emptyUntil: number;
  unreachableUntil: number;
  asking: Promise<void> | undefined;
}

export function rateLimiter(settings: {
  readonly take: (name: string, limit: Limit) => Promise<{ readonly granted: number; readonly retryAfter: number }>;
  readonly now: () => Date;
  readonly report: (error: unknown) => void;
}): RateLimiter {
  const leases = new Map<string, Lease>();

  function leaseOf(name: string): Lease {
    const known = leases.get(name);
    if (known) return known;
    const [oldest] = leases.keys();
    if (leases.size >= remembered && oldest !== undefined) leases.delete(oldest);
    const fresh = { left: 0, emptyUntil: 0, unreachableUntil: 0, asking: undefined };
    leases.set(name, fresh);
    return fresh;
  }

  async function fill(lease: Lease, name: string, limit: Limit): Promise<void> {
    try {
      const { granted, retryAfter } = await settings.take(name, limit);
      lease.left += granted;
      lease.unreachableUntil = 0;
      if (granted === 0) lease.emptyUntil = settings.now().getTime() + retryAfter * 1000;
    } catch (error) {
      settings.report(error);
      lease.unreachableUntil = settings.now().getTime() + pause;
    } finally {
      lease.asking = undefined;
    }
  }

  return {
    async admit({ name, limit, changes }) {
      const lease = leaseOf(name);
      for (;;) {
        const now = settings.now().getTime();
        if (lease.left > 0) {
          lease.left--;
          return;
        }
        if (lease.emptyUntil > now) throw later(Math.ceil((lease.emptyUntil - now) / 1000));
        if (lease.unreachableUntil > now) {
          if (!changes) return;
          throw new Failure("unavailable", "Requests can't be counted now, so nothing is changed. Try again shortly.");
        }
        lease.asking ??= fill(lease, name, limit);
        await lease.asking;
      }
    },
  };
}

const later = (retryAfter: number): Failure =>
  new Failure("rate-limited", "There were too many requests. Wait as long as Retry-After says, then go on slower.", {
    retryAfter,
  });
