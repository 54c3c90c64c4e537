import { describe, expect, it } from "vitest";
import { base32, newIdentifier } from "#shared/report/identifier.ts";
import { newReportNumber } from "#shared/report/number.ts";
import { newReplyAddress, readReplyTokens } from "#shared/report/reply-address.ts";
import { TenantId } from "#shared/tenant/tenant.ts";

const hearth = TenantId.parse("hearth");

describe("base32", () => {
  it.each([
    ["", ""],
    ["f", "my"],
    ["fo", "mzxq"],
    ["foo", "mzxw6"],
    ["foob", "mzxw6yq"],
    ["fooba", "mzxw6ytb"],
    ["foobar", "mzxw6ytboi"],
  ])("encodes %j as RFC 4648 section 10 does, lower case and unpadded", (text, encoded) => {
    expect(base32(Buffer.from(text))).toBe(encoded);
  });
});

describe("identifiers", () => {
  it("carry 128 bits", () => {
    expect(newIdentifier((length) => new Uint8Array(length).fill(255))).toBe(
      "7777777777777777777777777y".slice(0, 25).concat("4"),
    );
  });

  it("number a report by slug, year and six random characters", () => {
    const number = newReportNumber(hearth, new Date("2026-12-31T23:59:59Z"), () =>
      Uint8Array.of(0x66, 0x6f, 0x6f, 0x62),
    );
    expect(number).toBe("HEARTH-2026-MZXW6Y");
  });
});

describe("reply addresses", () => {
  const { address, digest } = newReplyAddress(hearth, "localhost", (length) => new Uint8Array(length).fill(7));

  it("keep the local part within the 64 octets of RFC 5321", () => {
    expect(address.split("@")[0]?.length).toBeLessThanOrEqual(64);
    expect(address.endsWith("@hearth.localhost")).toBe(true);
  });

  it("are recognised by the digest of their token, in any case", () => {
    expect(readReplyTokens([address.toUpperCase()])).toEqual({ digests: [digest], given: true });
  });

  it("that were damaged give no token, but are told from ordinary addresses", () => {
    expect(readReplyTokens([address.replace("@", "x@")])).toEqual({ digests: [], given: true });
    expect(readReplyTokens(["security@hearth.localhost"])).toEqual({ digests: [], given: false });
  });
});
