import { Malformed, unlessMalformed } from "#shared/signing/malformed.ts";
import { formatArmor, readArmor } from "./armor.ts";
import { type OpenPgpKey, openPgpAlgorithms } from "./key.ts";
import { type OpenPgpSigner, signatureTypes, signPacket, verifyPacket } from "./signature.ts";

/**
 * A text that stays readable inside its signature (RFC 9580 §7), lines ended by line feeds. Blanks at the end of lines are not covered
 * by such signatures, so they are taken out: what is read is what is signed. One KMS call.
 * @throws Malformed for a text with a carriage return that ends no line, or with half a surrogate pair
 */
export async function signClearText(text: string, at: Date, signer: OpenPgpSigner): Promise<string> {
  const lines = linesOf(text).map((line) => line.replace(/[ \t]+$/, ""));
  const packet = await signPacket({ type: signatureTypes.text, data: canonicalText(lines), at }, signer);
  return `${beginning(signer.key)}${lines.map(escapeLine).join("\n")}\n${formatArmor("PGP SIGNATURE", packet)}`;
}

/**
 * The text, ended by a line feed, and when it was signed by the signer's word; else `undefined`. Reads what `signClearText` writes,
 * also with CRLF, and nothing before, after or inside it that the signature does not cover.
 */
export function verifyClearText(
  signed: string,
  key: OpenPgpKey,
): { readonly text: string; readonly signedAt: Date } | undefined {
  return unlessMalformed(() => {
    const { lines, armored } = splitClearText(signed.replaceAll("\r\n", "\n"), key);
    const packet = readArmor("PGP SIGNATURE", armored);
    const held = verifyPacket(packet, { type: signatureTypes.text, data: canonicalText(lines) }, key);
    return held && { text: `${lines.join("\n")}\n`, signedAt: held.signedAt };
  });
}

function beginning({ publicKey }: OpenPgpKey): string {
  return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: ${openPgpAlgorithms[publicKey.algorithm].hashName}\n\n`;
}

function splitClearText(signed: string, key: OpenPgpKey): { lines: string[]; armored: string } {
  const start = beginning(key);
  const end = signed.indexOf("\n-----BEGIN PGP SIGNATURE-----\n", start.length - 1);
  if (!signed.startsWith(start) || end < start.length) throw new Malformed("Not a clear-signed text.");
  const escaped = signed.slice(start.length, end).split("\n");
  const lines = escaped.map((line) => line.replace(/^- /, ""));
  // The one way to write these lines. Blanks at their ends are hashed as they are, and so were never signed.
  if (lines.some((line, index) => escapeLine(line) !== escaped[index]))
    throw new Malformed("A line of the clear-signed text is not as it was signed.");
  return { lines, armored: signed.slice(end + 1) };
}

function linesOf(text: string): string[] {
  const lines = text.replaceAll("\r\n", "\n").replace(/\n$/, "").split("\n");
  if (!text.isWellFormed() || lines.some((line) => line.includes("\r")))
    throw new Malformed("End the lines of a text to sign with LF or CRLF, and give well-formed Unicode.");
  return lines;
}

/** What is hashed: lines joined by CRLF; the end of the last one belongs to the frame. */
const canonicalText = (lines: readonly string[]): Uint8Array => Buffer.from(lines.join("\r\n"));

/** RFC 9580 §7.2: must be for dashes, should be for what old mail systems would change. */
const escapeLine = (line: string): string => (/^(-|From )/.test(line) ? `- ${line}` : line);
