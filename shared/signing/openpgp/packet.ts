/** The pieces of OpenPGP that its packets are made of (RFC 9580; the version 4 formats are those of RFC 4880). */
import { Malformed } from "#shared/signing/malformed.ts";

/** Packet type ids (RFC 9580 §5). */
export const packetTags = { signature: 2, publicKey: 6, userId: 13 } as const;
export type PacketTag = (typeof packetTags)[keyof typeof packetTags];

export interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
}

export const u16 = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value & 0xff);
export const u32 = (value: number): Uint8Array => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

/** Seconds since the epoch in four bytes (RFC 9580 §3.5). @throws RangeError after 2106 */
export function timeField(date: Date): Uint8Array {
  const seconds = Math.floor(date.getTime() / 1000);
  if (!(seconds >= 0 && seconds <= 0xffffffff)) throw new RangeError("OpenPGP's times lie between 1970 and 2106.");
  return u32(seconds);
}

/** A multiprecision integer (RFC 9580 §3.2): its length in bits, then its bytes without leading zeros. */
export function mpi(number: Uint8Array): Uint8Array {
  const start = number.findIndex((byte) => byte !== 0);
  const magnitude = start < 0 ? new Uint8Array() : number.subarray(start);
  const bits = magnitude.length * 8 - (magnitude.length > 0 ? Math.clz32(magnitude[0] ?? 0) - 24 : 0);
  return Buffer.concat([u16(bits), magnitude]);
}

/** The integers that make up all of `bytes`, each filled up to `width` bytes. @throws Malformed */
export function readMpis(bytes: Uint8Array, width: number): Uint8Array[] {
  const numbers: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + Math.ceil((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) / 8);
    const magnitude = bytes.subarray(at + 2, end);
    if (magnitude.length > width || !Buffer.from(mpi(magnitude)).equals(bytes.subarray(at, end)))
      throw new Malformed("An integer of the OpenPGP packet is not written as the format asks.");
    numbers.push(Buffer.concat([new Uint8Array(width - magnitude.length), magnitude]));
    at = end;
  }
  return numbers;
}

/** The length of a packet or subpacket (RFC 9580 §4.2.1): one, two or five bytes. */
function lengthField(length: number): Uint8Array {
  if (length < 192) return Uint8Array.of(length);
  if (length < 8384) return u16(length - 192 + 0xc000);
  return Buffer.concat([Uint8Array.of(255), u32(length)]);
}

export function formatPacket(tag: PacketTag, body: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(0xc0 | tag), lengthField(body.length), body]);
}

/** A subpacket of a signature (RFC 9580 §5.2.3.7). */
export function formatSubpacket(type: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([lengthField(body.length + 1), Uint8Array.of(type), body]);
}

/** Packets as `formatPacket` writes them. @throws Malformed for the old packet format and partial lengths too */
export function readPackets(bytes: Uint8Array): Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const { length, start } = readLength(bytes, at + 1);
    const body = bytes.subarray(start, start + length);
    if (first < 0xc0 || body.length < length) throw new Malformed("Not an OpenPGP packet of the new format.");
    packets.push({ tag: first & 0x3f, body });
    at = start + length;
  }
  return packets;
}

function readLength(bytes: Uint8Array, at: number): { length: number; start: number } {
  const [first = 255, second = 0] = bytes.subarray(at);
  if (first < 192) return { length: first, start: at + 1 };
  if (first < 224) return { length: ((first - 192) << 8) + second + 192, start: at + 2 };
  throw new Malformed("An OpenPGP packet of this length is not read here.");
}

/** The subpackets of one area, by type; each type at most once. @throws Malformed */
export function readSubpackets(area: Uint8Array): Map<number, Uint8Array> {
  const subpackets = new Map<number, Uint8Array>();
  for (let at = 0; at < area.length; ) {
    const { length, start } = readLength(area, at);
    const type = area[start];
    if (type === undefined || length < 1 || start + length > area.length || subpackets.has(type))
      throw new Malformed("The subpackets of the OpenPGP signature can't be read.");
    subpackets.set(type, area.subarray(start + 1, start + length));
    at = start + length;
  }
  return subpackets;
}
