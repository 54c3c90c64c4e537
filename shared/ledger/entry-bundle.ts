import { Malformed } from "#shared/signing/malformed.ts";
import { TILE_WIDTH } from "./tile.ts";

const LONGEST_ENTRY = 65_535;

/** The bytes of an entry bundle (C2SP tlog-tiles): each entry after its length, a big-endian uint16. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length < 1 || entries.length > TILE_WIDTH)
    throw new RangeError(`A bundle holds 1 to ${TILE_WIDTH} entries.`);
  return Buffer.concat(entries.flatMap((entry) => [lengthOf(entry), entry]));
}

/** The entries of a bundle of exactly `width`. Throws Malformed where the bytes hold more, fewer or half an entry. */
export function decodeBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const start = offset + 2;
    const end = start > bytes.length ? start : start + view.getUint16(offset);
    if (end > bytes.length) throw new Malformed(`Entry ${entries.length} of the bundle is cut off.`);
    entries.push(bytes.subarray(start, end));
    offset = end;
  }
  if (entries.length !== width)
    throw new Malformed(`A bundle of ${width} entries was expected, and it has ${entries.length}.`);
  return entries;
}

function lengthOf(entry: Uint8Array): Uint8Array {
  if (entry.length > LONGEST_ENTRY) {
    throw new RangeError(
      `A log entry has at most ${LONGEST_ENTRY} bytes, not ${entry.length}: log its digest instead.`,
    );
  }
  return Uint8Array.of(entry.length >> 8, entry.length & 0xff);
}
