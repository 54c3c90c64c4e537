import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterLookup,
  challengeOf,
  type HostClaim,
  isServed,
  newHostClaim,
  nextLookup,
  withdrawn,
} from "#shared/tenant/host-claim.ts";
import { HostName, isServiceHost } from "#shared/tenant/host-name.ts";
import { TenantId } from "#shared/tenant/tenant.ts";

const start = new Date("2026-11-18T10:00:00.000Z");
const hour = 3_600_000;
const day = 24 * hour;
const past = (milliseconds: number): Date => new Date(start.getTime() + milliseconds);
const host = HostName.parse("trust.kestrel.example");
const kestrel = TenantId.parse("kestrel");

const found = { proven: true, answered: true, held: false };
const missing = { proven: false, answered: true, held: false };
const silent = { proven: false, answered: false, held: false };
const taken = { proven: true, answered: true, held: true };
const fresh = (): HostClaim => newHostClaim(host, randomBytes(32), start);
const verified = (): HostClaim => afterLookup(fresh(), found, start);

describe("a host's name", () => {
  it("is a name of at least two labels that a URL leaves as it is, and no address", () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
    const name = fc.tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.stringMatching(/^[a-z]{2,8}$/));
    fc.assert(
      fc.property(name, ([labels, top]) => {
        const text = [...labels, top].join(".");
        fc.pre(!/\.(?:localhost|local|invalid|onion|internal|arpa)$/.test(text));
        // What URL refuses are A-labels that decode to nothing.
        fc.pre(URL.canParse(`https://${text}/`));
        expect(HostName.safeParse(text).success).toBe(true);
        expect(new URL(`https://${text}/`).hostname).toBe(text);
      }),
    );
  });

  it.each([
    ...["example", "Trust.example.com", "trust.example.com.", "trust.example.com:443", "192.0.2.1", "[2001:db8::1]"],
    ...["a..example", "-a.example", "a-.example", "a_b.example", "münchen.example", "*.example.com", "a.localhost"],
    ...["kestrel.onion", "1.0.0.127.in-addr.arpa", "trust.example.com/x", "", `${"a".repeat(64)}.example`],
    `${"a.".repeat(120)}example`,
  ])("is not %j", (text) => expect(HostName.safeParse(text).success).toBe(false));

  it("is the service's own within its domain, and not beside it", () => {
    for (const own of ["candor.example", "kestrel.candor.example", "a.b.candor.example"])
      expect(isServiceHost(own, "candor.example")).toBe(true);
    for (const other of ["notcandor.example", "candor.example.org", "example"])
      expect(isServiceHost(other, "candor.example")).toBe(false);
  });
});

describe("a challenge", () => {
  it("is bound to the tenant, the host and this one claim", () => {
    const claim = fresh();
    const { name, value } = challengeOf(claim, kestrel);
    expect(name).toBe("_candor-challenge.trust.kestrel.example");
    expect(value).toMatch(/^candor-challenge=[A-Za-z0-9_-]{43}$/);
    const others = [
      challengeOf(claim, TenantId.parse("kestrel2")),
      challengeOf({ ...claim, host: HostName.parse("trust2.kestrel.example") }, kestrel),
      challengeOf(fresh(), kestrel),
    ];
    for (const other of others) expect(other.value).not.toBe(value);
    expect(challengeOf(claim, kestrel).value).toBe(value);
    expect(value).not.toContain(claim.random);
  });
});

describe("a claim", () => {
  it("is served once its record was seen, and looked up again after a day", () => {
    const claim = fresh();
    expect(isServed(claim)).toBe(false);
    const proven = afterLookup(claim, found, past(hour));
    expect(proven).toMatchObject({ state: "verified", since: past(hour).toISOString(), revision: 2 });
    expect(isServed(proven)).toBe(true);
    expect(nextLookup(proven, past(hour))).toEqual(past(hour + day));
  });

  it("is looked up each minute at first, then each hour, and given up after 14 days", () => {
    expect(nextLookup(fresh(), past(0))).toEqual(past(60_000));
    expect(nextLookup(fresh(), past(2 * hour))).toEqual(past(3 * hour));
    const waiting = afterLookup(fresh(), missing, past(14 * day - 1));
    expect(waiting).toMatchObject({ state: "pending", obstacle: "no-record", since: start.toISOString() });
    const lost = afterLookup(waiting, missing, past(14 * day));
    expect(lost).toMatchObject({ state: "lost" });
    expect(nextLookup(lost, past(14 * day))).toBeUndefined();
    expect(afterLookup(lost, found, past(15 * day))).toBe(lost);
  });

  it.each([
    ["its record is gone", missing, "no-record"],
    ["nobody answers", silent, "no-answer"],
    ["another tenant came to hold it", taken, "held-elsewhere"],
  ])("warns for seven days when %s, serving on, and then is lost", (_, outcome, obstacle) => {
    const failing = afterLookup(verified(), outcome, past(day));
    expect(failing).toMatchObject({ state: "failing", since: past(day).toISOString(), obstacle });
    expect(isServed(failing)).toBe(true);
    const still = afterLookup(failing, outcome, past(8 * day - 1));
    expect(still).toMatchObject({ state: "failing", since: past(day).toISOString() });
    const lost = afterLookup(still, outcome, past(8 * day));
    expect(lost.state).toBe("lost");
    expect(isServed(lost)).toBe(false);
  });

  it("that failed and was seen again begins afresh", () => {
    const failing = afterLookup(verified(), missing, past(day));
    const back = afterLookup(failing, found, past(7 * day));
    expect(back).toMatchObject({ state: "verified", since: past(7 * day).toISOString() });
    expect(back.obstacle).toBeUndefined();
    expect(afterLookup(back, missing, past(8 * day)).state).toBe("failing");
  });

  it("waits while another tenant holds the host", () => {
    expect(afterLookup(fresh(), taken, past(hour))).toMatchObject({ state: "pending", obstacle: "held-elsewhere" });
  });

  it("that was withdrawn is served no more, whatever its record says", () => {
    const gone = withdrawn(verified(), past(hour));
    expect(isServed(gone)).toBe(false);
    expect(nextLookup(gone, past(hour))).toEqual(past(hour));
    expect(afterLookup(gone, found, past(day))).toBe(gone);
    expect(withdrawn(gone, past(day))).toBe(gone);
  });
});
