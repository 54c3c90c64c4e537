import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { duePartition, inboxPartition, keyPart, partitions, sorts } from "#shared/store/keys.ts";
import { TenantId } from "#shared/tenant/tenant.ts";

const tenantId = fc
  .stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/)
  .filter((slug) => TenantId.safeParse(slug).success)
  .map((slug) => TenantId.parse(slug));

describe("keys", () => {
  it("let no part from outside end its field", async () => {
    await fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const part = keyPart(text);
        expect(part).not.toContain("#");
        expect(decodeURIComponent(part)).toBe(text.toWellFormed());
      }),
    );
  });

  it("of two tenants never begin alike", async () => {
    const ofTenant = [
      partitions.tenant,
      partitions.members,
      partitions.issuers,
      partitions.tokens,
      partitions.trustRules,
      partitions.sealing,
      partitions.clocks,
      partitions.audit,
      partitions.outbox,
      partitions.seen,
      partitions.senders,
      partitions.quarantine,
      partitions.log,
      partitions.leaves,
      partitions.signing,
      partitions.published,
      partitions.draft,
      partitions.revisions,
      partitions.hosts,
      inboxPartition,
    ];
    await fc.assert(
      fc.property(tenantId, tenantId, fc.constantFrom(...ofTenant), (one, other, partition) => {
        fc.pre(one !== other);
        expect(partition(other).startsWith(partition(one))).toBe(false);
      }),
    );
  });

  it("of different kinds never meet", () => {
    const t = TenantId.parse("x");
    const all = [
      partitions.tenant(t),
      partitions.members(t),
      partitions.issuers(t),
      partitions.tokens(t),
      partitions.trustRules(t),
      partitions.exchanged("x"),
      partitions.address("x"),
      partitions.sealing(t),
      partitions.report(t, "x"),
      partitions.clocks(t),
      partitions.audit(t),
      partitions.outbox(t),
      partitions.sent("x"),
      partitions.received("x"),
      partitions.seen(t),
      partitions.host("x"),
      partitions.hosts(t),
      partitions.directory(),
      partitions.senders(t),
      partitions.reply("x"),
      partitions.quarantine(t),
      partitions.unrouted("x"),
      partitions.pending(t),
      partitions.publications(t),
      partitions.releases(t),
      partitions.log(t),
      partitions.leaves(t),
      partitions.entries(t, 0),
      partitions.signing(t),
      partitions.published(t),
      partitions.draft(t),
      partitions.revisions(t),
      inboxPartition(t),
      duePartition("outbox", 0),
      duePartition("clock", 0),
    ];
    const kinds = all.map((partition) =>
      partition
        .split("#")
        .slice(0, partition.startsWith("DUE#") ? 2 : 1)
        .join("#"),
    );
    expect(new Set(kinds).size).toBe(all.length);
    for (const partition of all) expect(partition.endsWith("#")).toBe(true);
  });

  it("tell members apart whose issuer and subject join to the same text", () => {
    expect(sorts.member("https://a", "b#c")).not.toBe(sorts.member("https://a#b", "c"));
  });

  it("keep the case of nothing but mail addresses", () => {
    expect(partitions.address("Security@Hearth.Example")).toBe(partitions.address("security@hearth.example"));
  });
});
