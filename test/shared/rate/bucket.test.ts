import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressBlock } from "#shared/rate/address-block.ts";
import { type Bucket, take } from "#shared/rate/bucket.ts";

const limit = fc.record({
  capacity: fc.integer({ min: 1, max: 100 }),
  perSecond: fc.double({ min: 0.1, max: 50, noNaN: true }),
  lease: fc.integer({ min: 1, max: 20 }),
});
/** Milliseconds since the one before, and how many are wanted then. */
const asking = fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 1, max: 20 })), {
  maxLength: 60,
});

describe("a bucket", () => {
  it("gives in any time at most what it holds and what came in meanwhile", () => {
    fc.assert(
      fc.property(limit, asking, (rule, askings) => {
        let [bucket, now, given]: [Bucket | undefined, number, number] = [undefined, 1_000_000, 0];
        const began = now + (askings[0]?.[0] ?? 0);
        for (const [later, wanted] of askings) {
          now += later;
          const taken = take(bucket, rule, now, wanted);
          bucket = taken.bucket;
          given += taken.granted;
          expect(taken.granted).toBeLessThanOrEqual(wanted);
          expect(bucket.level).toBeGreaterThanOrEqual(0);
          expect(given).toBeLessThanOrEqual(rule.capacity + ((now - began) / 1000) * rule.perSecond + 1e-6);
        }
      }),
    );
  });

  it("has a token when it says so, and says nothing while it has one", () => {
    fc.assert(
      fc.property(limit, asking, (rule, askings) => {
        let [bucket, now]: [Bucket | undefined, number] = [undefined, 0];
        for (const [later, wanted] of askings) {
          now += later;
          const { retryAfter, granted, bucket: after } = take(bucket, rule, now, wanted);
          bucket = after;
          expect(granted > 0).toBe(retryAfter === 0);
          if (granted === 0) expect(take(bucket, rule, now + retryAfter * 1000, 1).granted).toBe(1);
        }
      }),
    );
  });

  it("is never filled by a clock that goes back", () => {
    const rule = { capacity: 5, perSecond: 1, lease: 1 };
    const empty = take(undefined, rule, 10_000, 5).bucket;
    const back = take(empty, rule, 2_000, 1);
    expect([back.granted, take(back.bucket, rule, 10_500, 1).granted]).toEqual([0, 0]);
  });
});

describe("the block of an address", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"],
    ["2001:DB8:0:1::2", "2001:db8:0:1::/64"],
    ["2001:0db8:0000:0001:1:2:3:4", "2001:db8:0:1::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("%s is %s", (address, block) => {
    expect(addressBlock(address)).toBe(block);
  });
});
