import { unlessMalformed } from "#shared/signing/malformed.ts";
import { formatArmor, readArmor } from "./armor.ts";
import type { OpenPgpKey } from "./key.ts";
import { type OpenPgpSigner, signatureTypes, signPacket, verifyPacket } from "./signature.ts";

/** An armored signature over bytes as they are, for a file beside them: `gpg --verify <file>.asc <file>`. One KMS call. */
export async function signDetached(data: Uint8Array, at: Date, signer: OpenPgpSigner): Promise<string> {
  const packet = await signPacket({ type: signatureTypes.binary, data, at }, signer);
  return formatArmor("PGP SIGNATURE", packet);
}

/** When these bytes were signed, by the signer's word, else `undefined`. Reads what `signDetached` writes. */
export function verifyDetached(
  data: Uint8Array,
  armored: string,
  key: OpenPgpKey,
): { readonly signedAt: Date } | undefined {
  return unlessMalformed(() => {
    const packet = readArmor("PGP SIGNATURE", armored);
    return verifyPacket(packet, { type: signatureTypes.binary, data }, key);
  });
}
