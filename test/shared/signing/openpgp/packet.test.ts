import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Malformed } from "#shared/signing/malformed.ts";
import {
  formatPacket,
  formatSubpacket,
  mpi,
  packetTags,
  readMpis,
  readPackets,
  readSubpackets,
  timeField,
} from "#shared/signing/openpgp/packet.ts";

const hex = (value: string) => Buffer.from(value, "hex");
const bytes = (value: Uint8Array) => Buffer.from(value).toString("hex");

describe("a multiprecision integer", () => {
  // RFC 9580 §3.2 gives 1 and 511; zero and leading zeros follow from its text.
  it.each([
    { number: "01", written: "000101" },
    { number: "01ff", written: "000901ff" },
    { number: "0001ff", written: "000901ff" },
    { number: "0000", written: "0000" },
    { number: "80", written: "000880" },
  ])("is $written for $number", ({ number, written }) => {
    expect(bytes(mpi(hex(number)))).toBe(written);
  });

  it("is read as it was written, any two in a row", () => {
    const number = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(number, number, (r, s) => {
        const read = readMpis(Buffer.concat([mpi(r), mpi(s)]), 32).map((one) => new Uint8Array(one));
        expect(read).toEqual([r, s]);
      }),
    );
  });

  it.each(["000201", "0009ff01", "00080001", "0010ff", "00", "01080100".padEnd(70, "0")])(
    "is refused as %s",
    (written) => {
      expect(() => readMpis(hex(written), 32)).toThrow(Malformed);
    },
  );
});

describe("a packet", () => {
  // RFC 9580 §4.2.3: lengths of 100, 1723 and 100000.
  it.each([
    { length: 100, header: "c264" },
    { length: 191, header: "c2bf" },
    { length: 192, header: "c2c000" },
    { length: 1723, header: "c2c5fb" },
    { length: 8383, header: "c2dfff" },
    { length: 100000, header: "c2ff000186a0" },
  ])("of $length bytes begins with $header", ({ length, header }) => {
    const packet = formatPacket(packetTags.signature, new Uint8Array(length));
    expect(bytes(packet).slice(0, header.length)).toBe(header);
    expect(packet).toHaveLength(header.length / 2 + length);
    if (length < 8384) expect(readPackets(packet)).toMatchObject([{ tag: 2, body: { length } }]);
  });

  it.each(["880100", "c20200", "c2", "c2e0", "c2ff00000001"])("is refused as %s", (packet) => {
    expect(() => readPackets(hex(packet))).toThrow(Malformed);
  });
});

describe("subpackets", () => {
  it("are read by type, each once", () => {
    const area = Buffer.concat([formatSubpacket(2, hex("00000001")), formatSubpacket(33, new Uint8Array(21))]);
    expect([...readSubpackets(area).keys()]).toEqual([2, 33]);
    expect(() => readSubpackets(Buffer.concat([area, formatSubpacket(2, hex("00000002"))]))).toThrow(Malformed);
  });

  it.each(["00", "05", "0502000000", "ff"])("are refused as %s", (area) => {
    expect(() => readSubpackets(hex(area))).toThrow(Malformed);
  });
});

describe("a time", () => {
  it("is whole seconds in four bytes, until 2106", () => {
    // printf %08x $(date --date=2026-11-21T12:00:00Z +%s)
    expect(bytes(timeField(new Date("2026-11-21T12:00:00.999Z")))).toBe("6b0187c0");
    expect(() => timeField(new Date("2107-01-01T00:00:00Z"))).toThrow(RangeError);
    expect(() => timeField(new Date("1969-12-31T00:00:00Z"))).toThrow(RangeError);
    expect(() => timeField(new Date(Number.NaN))).toThrow(RangeError);
  });
});
