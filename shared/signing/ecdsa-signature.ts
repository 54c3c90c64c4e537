import { Malformed } from "./malformed.ts";

/** Bytes of one number of P-256. */
const width = 32;

/**
 * DER `ECDSA-Sig-Value` (RFC 3279 §2.2.3) of P-256 as IEEE P1363: r and s, 32 bytes each.
 * @throws Malformed for anything but the one DER encoding of two numbers that fit
 */
export function derToP1363(der: Uint8Array): Uint8Array {
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der[1] > 0x7f) throw notDer();
  const r = readInteger(der, 2);
  const s = readInteger(der, r.end);
  if (s.end !== der.length) throw notDer();
  const signature = new Uint8Array(2 * width);
  signature.set(r.magnitude, width - r.magnitude.length);
  signature.set(s.magnitude, 2 * width - s.magnitude.length);
  return signature;
}

/** The magnitude of the INTEGER at `at` (X.690 §8.3, §10), without the zero that keeps it positive. */
function readInteger(der: Uint8Array, at: number): { magnitude: Uint8Array; end: number } {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  const value = der.subarray(at + 2, end);
  const [first = 0x80, second = 0x80] = value;
  const padded = first === 0 && length > 1;
  if (der[at] !== 0x02 || length > width + 1 || end > der.length || first > 0x7f || (padded && second < 0x80))
    throw notDer();
  const magnitude = padded ? value.subarray(1) : value;
  if (magnitude.length > width) throw notDer();
  return { magnitude, end };
}

/** The reverse of `derToP1363`. @throws Malformed unless there are 64 bytes */
export function p1363ToDer(signature: Uint8Array): Uint8Array {
  if (signature.length !== 2 * width) throw new Malformed("An ECDSA signature of P-256 has 64 bytes.");
  const numbers = [signature.subarray(0, width), signature.subarray(width)].map(formatInteger);
  const length = numbers.reduce((sum, number) => sum + number.length, 0);
  return Uint8Array.from([0x30, length, ...numbers.flat()]);
}

function formatInteger(number: Uint8Array): number[] {
  const start = number.findIndex((byte) => byte !== 0);
  const magnitude = start < 0 ? [0] : [...number.subarray(start)];
  const content = (magnitude[0] ?? 0) > 0x7f ? [0, ...magnitude] : magnitude;
  return [0x02, content.length, ...content];
}

const notDer = () => new Malformed("Not an ECDSA signature of P-256 in DER.");
