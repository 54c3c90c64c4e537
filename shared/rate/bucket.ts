/** A token bucket: so many at once, so many a second. Pure arithmetic; who keeps the bucket is another matter. */

export interface Limit {
  /** How many a full bucket holds. */
  readonly capacity: number;
  readonly perSecond: number;
  /** How many a process takes at a time, to hand them out without asking. */
  readonly lease: number;
}

export interface Bucket {
  /** Tokens at the moment `at`, and parts of one. */
  readonly level: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Taken {
  readonly bucket: Bucket;
  /** As many as were there, at most what was wanted; never a part of one. */
  readonly granted: number;
  /** Whole seconds until there is one again, where none was granted. */
  readonly retryAfter: number;
}

/** Takes up to `wanted` tokens. A clock that goes back adds nothing and takes nothing. */
export function take(before: Bucket | undefined, limit: Limit, now: number, wanted: number): Taken {
  const { level, at } = before ?? { level: limit.capacity, at: now };
  const seconds = Math.max(0, now - at) / 1000;
  const filled = Math.min(limit.capacity, level + seconds * limit.perSecond);
  const granted = Math.min(wanted, Math.floor(filled));
  const left = filled - granted;
  const retryAfter = granted > 0 ? 0 : Math.max(1, Math.ceil((1 - left) / limit.perSecond));
  return { bucket: { level: left, at: Math.max(at, now) }, granted, retryAfter };
}
