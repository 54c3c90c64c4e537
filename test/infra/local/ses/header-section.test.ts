import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headerValue, readHeaderSection } from "#infra/local/ses/header-section.ts";
import { messageBuffer } from "#infra/local/ses/message-buffer.ts";

describe("a header section", () => {
  it("is read with its folded lines joined (RFC 5322 section 2.2.3)", () => {
    const message = Buffer.from("Subject: This\r\n is a test\r\nTo:a@b\r\nEmpty:\r\n\r\nbody: no field\r\n");
    const section = readHeaderSection(message);
    expect(section.fields.map(({ name, value }) => [name, value])).toEqual([
      ["Subject", "This is a test"],
      ["To", "a@b"],
      ["Empty", ""],
    ]);
    expect(headerValue(section, "SUBJECT")).toBe("This is a test");
    expect(message.toString("utf8", section.bodyStart)).toBe("body: no field\r\n");
  });

  it("covers with its fields and other lines every byte before the body, for any bytes", async () => {
    const piece = fc.constantFrom("\r\n", "\n", "\r", " ", "\t", ":", "X-Local-Spf: FAIL\r\n", "a", "é", "\0");
    await fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const message = Buffer.from(pieces.join(""));
        const { fields, bodyStart } = readHeaderSection(message);
        let last = 0;
        for (const { start, end } of fields) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(bodyStart).toBeGreaterThanOrEqual(last);
        expect(bodyStart).toBeLessThanOrEqual(message.length);
      }),
    );
  });

  it("of a hostile size is read only in part and quickly", () => {
    const start = performance.now();
    expect(readHeaderSection(Buffer.alloc(40 * 1024 * 1024, "a:\n")).complete).toBe(false);
    expect(readHeaderSection(Buffer.alloc(40 * 1024 * 1024, "a\n")).complete).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("a message buffer", () => {
  it("gives back what was appended, however it was cut and whatever was declared", async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 20_000 }), { maxLength: 8 });
    await fc.assert(
      fc.property(chunks, fc.nat(100_000), fc.nat(50), fc.nat(20_000), (parts, declared, skip, headLength) => {
        const buffer = messageBuffer(declared, 1024 * 1024);
        for (const part of parts) buffer.append(Buffer.from(part));
        const whole = Buffer.concat(parts);
        expect(buffer.message().equals(whole)).toBe(true);
        const skipped = Math.min(skip, whole.length);
        const head = Buffer.alloc(headLength, "h");
        const expected = Buffer.concat([head, whole.subarray(skipped)]);
        expect(buffer.withHead(head, skipped).equals(expected)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
