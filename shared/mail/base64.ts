import type { TransferDecoder } from "./transfer-encoding.ts";

const PAD = 0x3d;

/** The six bits of each character, or -1 for what RFC 2045 §6.8 tells decoders to ignore. */
const sextets = new Int8Array(256).fill(-1);
for (const [value, char] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries()) {
  sextets[char.charCodeAt(0)] = value;
}

/**
 * Base64 as found in mail: anything outside the alphabet is skipped, padding may be missing, and after padding a new run may
 * begin (some senders join encoded blocks). A single left-over character carries no whole byte and is dropped.
 */
export function createBase64Decoder(): TransferDecoder {
  let bits = 0;
  let held = 0; // characters of the current quad
  const finishQuad = (): number[] => {
    const bytes = held === 2 ? [bits >> 4] : held === 3 ? [bits >> 10, bits >> 2] : [];
    bits = 0;
    held = 0;
    return bytes;
  };
  return {
    write(chunk) {
      const decoded = Buffer.allocUnsafe(Math.ceil((chunk.length * 3) / 4) + 3);
      let length = 0;
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] as number;
        const sextet = sextets[byte] as number;
        if (sextet >= 0) {
          bits = (bits << 6) | sextet;
          if (++held === 4) {
            decoded[length++] = bits >> 16;
            decoded[length++] = bits >> 8;
            decoded[length++] = bits;
            bits = 0;
            held = 0;
          }
        } else if (byte === PAD && held >= 2) {
          for (const last of finishQuad()) decoded[length++] = last;
        }
      }
      return decoded.subarray(0, length);
    },
    end: () => Uint8Array.from(finishQuad()),
  };
}
