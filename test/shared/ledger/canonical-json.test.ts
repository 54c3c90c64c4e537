import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "#shared/ledger/canonical-json.ts";
import { Malformed } from "#shared/signing/malformed.ts";

describe("canonical JSON", () => {
  it("is what RFC 8785 section 3.2.2 makes of its sample", () => {
    const sample = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    expect(canonicalJson(JSON.parse(sample) as Json)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it("sorts names as the example of RFC 8785 section 3.2.3 does: by UTF-16 code units", () => {
    const sample = String.raw`{
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }`;
    const written = canonicalJson(JSON.parse(sample) as Json);
    const order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"].map((word) =>
      written.indexOf(word),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(Math.min(...order)).toBeGreaterThan(0);
  });

  it("says the same whatever the order of the members, and nothing else", () => {
    const shuffled = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shuffled)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([name, member]) => [name, shuffled(member)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const text = canonicalJson(value as Json);
        expect(canonicalJson(shuffled(value) as Json)).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([["\ud800"], [{ "\udc00": 1 }], [Number.NaN], [[Number.POSITIVE_INFINITY]]])("is refused to %j", (value) => {
    expect(() => canonicalJson(value as Json)).toThrow(Malformed);
  });
});
