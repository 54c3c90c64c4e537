import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { auditEntry } from "#shared/ledger/audit-entry.ts";
import { encodePublicEntry, leafName, type PublicEntry, readPublicEntry } from "#shared/ledger/public-entry.ts";
import { Malformed } from "#shared/signing/malformed.ts";

const event = { id: "e1", actor: { door: "outbox" }, at: "2026-11-18T10:00:00.000Z" };
const salt = Buffer.alloc(16, 7);

describe("an entry of an audit log", () => {
  it("is SHA-256 over salt and event, as any program makes it", () => {
    const text = '{"actor":{"door":"outbox"},"at":"2026-11-18T10:00:00.000Z","id":"e1"}';
    const expected = createHash("sha256").update(salt).update(text, "utf8").digest();
    expect(Buffer.from(auditEntry(event, salt))).toEqual(expected);
  });

  it("is another one with another salt, and needs one of 16 bytes", () => {
    expect(auditEntry(event, Buffer.alloc(16, 8))).not.toEqual(auditEntry(event, salt));
    for (const length of [0, 15, 17]) expect(() => auditEntry(event, Buffer.alloc(length))).toThrow(RangeError);
  });
});

const added: PublicEntry = {
  ...{ v: 1, kind: "key.added", at: "2026-11-18T10:00:00.000Z", tenant: "hearth", use: "statements" },
  ...{ kid: "k".repeat(43), spki: `sha256:${"0".repeat(64)}`, usedFrom: "2026-11-19T10:00:00.000Z" },
};

describe("an entry of the public log", () => {
  it("is canonical JSON, read as it was written", () => {
    const bytes = encodePublicEntry(added);
    expect(Buffer.from(bytes).toString()).toBe(
      `{"at":"2026-11-18T10:00:00.000Z","kid":"${"k".repeat(43)}","kind":"key.added","spki":"sha256:${"0".repeat(64)}","tenant":"hearth","use":"statements","usedFrom":"2026-11-19T10:00:00.000Z","v":1}`,
    );
    expect(readPublicEntry(bytes)).toEqual(added);
    const { tenant: _, ...ofPlatform } = added;
    expect(readPublicEntry(encodePublicEntry(ofPlatform))).toEqual(ofPlatform);
  });

  it("is found under SHA-256 of a zero byte and its bytes (RFC 6962 section 2.1)", () => {
    const bytes = encodePublicEntry(added);
    expect(leafName(bytes)).toBe(createHash("sha256").update(Buffer.of(0)).update(bytes).digest("hex"));
  });

  it.each([
    ["not JSON", "{"],
    ["in another order of members", JSON.stringify(added)],
    ["with a member more", JSON.stringify({ ...added, x: 1 })],
    ["of another kind", JSON.stringify({ ...added, kind: "key.stolen" })],
    ["null", "null"],
    ["after a byte order mark", `\ufeff${Buffer.from(encodePublicEntry(added)).toString()}`],
  ])("is refused %s", (_, text) => {
    expect(() => readPublicEntry(Buffer.from(text))).toThrow(Malformed);
  });
});
