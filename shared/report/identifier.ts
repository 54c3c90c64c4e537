/** Random bytes, `length` of them. Handed in, so that a test can choose them. */
export type Random = (length: number) => Uint8Array;

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** Base32 of RFC 4648 section 6, lower case, without padding. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet.charAt((held >> (bits - 5)) & 31);
    held &= 0xff;
  }
  return bits > 0 ? text + alphabet.charAt((held << (5 - bits)) & 31) : text;
}

/** An identifier nobody can guess: 128 bits in 26 characters of `[a-z2-7]`. */
export function newIdentifier(random: Random): string {
  return base32(random(16));
}
