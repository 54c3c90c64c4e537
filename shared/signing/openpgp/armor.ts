import { formatBase64, readBase64 } from "#shared/signing/base64.ts";
import { Malformed } from "#shared/signing/malformed.ts";

export type ArmorKind = "PGP PUBLIC KEY BLOCK" | "PGP SIGNATURE";

/** ASCII armor (RFC 9580 §6) without headers, lines of 64 ended by line feeds. Its checksum stays for readers of before 2024. */
export function formatArmor(kind: ArmorKind, bytes: Uint8Array): string {
  const lines = formatBase64(bytes).match(/.{1,64}/g) ?? [];
  const checksum = formatBase64(crc24(bytes));
  return `-----BEGIN ${kind}-----\n\n${lines.join("\n")}\n=${checksum}\n-----END ${kind}-----\n`;
}

/** Reads armor as `formatArmor` writes it, also with CRLF. @throws Malformed */
export function readArmor(kind: ArmorKind, text: string): Uint8Array {
  const unix = text.replaceAll("\r\n", "\n");
  const bytes = readBase64(
    /^-----BEGIN [A-Z ]+-----\n\n([A-Za-z0-9+/=\n]+)\n=/.exec(unix)?.[1]?.replaceAll("\n", "") ?? "",
  );
  // Only one text is the armor of these bytes.
  if (formatArmor(kind, bytes) !== unix) throw new Malformed(`Not the ASCII armor of a ${kind}.`);
  return bytes;
}

/** CRC-24 of RFC 9580 §6.1.1, three bytes. */
export function crc24(bytes: Uint8Array): Uint8Array {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? ((crc << 1) ^ 0x1864cfb) & 0xffffff : crc << 1;
  }
  return Uint8Array.of(crc >>> 16, (crc >>> 8) & 0xff, crc & 0xff);
}
