import { Malformed } from "#shared/signing/malformed.ts";
import { formatArmor, readArmor } from "./armor.ts";
import { hashedKey, keyBody, type OpenPgpKey, readKeyBody } from "./key.ts";
import { formatPacket, formatSubpacket, packetTags, readPackets, u32 } from "./packet.ts";
import { type OpenPgpSigner, signatureTypes, signPacket, subpacketTypes, verifyPacket } from "./signature.ts";

/** What a key says of itself (RFC 9580 §10.1). */
export interface Certificate {
  readonly key: OpenPgpKey;
  /** By convention a name and a mail address: `Hearth <security@hearth.example>`. */
  readonly userId: string;
  readonly expiresAt?: Date | undefined;
}

export interface CertificateRequest extends Pick<Certificate, "userId" | "expiresAt"> {
  /** When it is signed: not before the key's creation. */
  readonly at: Date;
}

/** It certifies itself and signs (RFC 9580 §5.2.3.29). */
const keyFlags = Uint8Array.of(0x01 | 0x02);

/**
 * The armored public key for import (`gpg --import`), with its user id and a signature by itself. Store it with the key: ECDSA
 * signs anew each time. Made again with a later `expiresAt`, it extends the key. One KMS call.
 * @throws Malformed for an empty user id or one with control characters; RangeError for an expiry before the key's creation
 */
export async function signCertificate(request: CertificateRequest, signer: OpenPgpSigner): Promise<string> {
  const { userId, expiresAt, at } = request;
  requireUserId(userId);
  const subpackets = [formatSubpacket(subpacketTypes.keyFlags, keyFlags), ...expiry(signer.key, expiresAt)];
  const data = certifiedBytes(signer.key, userId);
  const signature = await signPacket({ type: signatureTypes.certification, data, at, subpackets }, signer);
  const key = formatPacket(packetTags.publicKey, keyBody(signer.key));
  const user = formatPacket(packetTags.userId, Buffer.from(userId));
  return formatArmor("PGP PUBLIC KEY BLOCK", Buffer.concat([key, user, signature]));
}

/** Reads what `signCertificate` writes. @throws Malformed also where the key's own signature does not hold */
export function readCertificate(armored: string): Certificate {
  const packets = readPackets(readArmor("PGP PUBLIC KEY BLOCK", armored));
  const [first, second, third, ...others] = packets;
  if (
    first?.tag !== packetTags.publicKey ||
    second?.tag !== packetTags.userId ||
    third?.tag !== packetTags.signature ||
    others.length > 0
  )
    throw new Malformed("Not an OpenPGP key with one user id and one signature.");
  const key = readKeyBody(first.body);
  const userId = new TextDecoder("utf-8", { ignoreBOM: true }).decode(second.body);
  requireUserId(userId);
  const request = { type: signatureTypes.certification, data: certifiedBytes(key, userId) };
  const held = verifyPacket(formatPacket(packetTags.signature, third.body), request, key);
  if (held === undefined) throw new Malformed("The OpenPGP key has not signed its user id.");
  return { key, userId, expiresAt: readExpiry(key, held.subpackets.get(subpacketTypes.keyExpiry)) };
}

/** A key with its user id, as they are hashed (RFC 9580 §5.2.4). */
function certifiedBytes(key: OpenPgpKey, userId: string): Uint8Array {
  const bytes = Buffer.from(userId);
  return Buffer.concat([hashedKey(key), Uint8Array.of(0xb4), u32(bytes.length), bytes]);
}

/** Seconds after the key's creation (RFC 9580 §5.2.3.13); none is forever. */
function expiry({ createdAt }: OpenPgpKey, expiresAt: Date | undefined): Uint8Array[] {
  if (expiresAt === undefined) return [];
  const seconds = Math.floor(expiresAt.getTime() / 1000) - Math.floor(createdAt.getTime() / 1000);
  if (!(seconds > 0 && seconds <= 0xffffffff)) throw new RangeError("A key expires after it was created.");
  return [formatSubpacket(subpacketTypes.keyExpiry, u32(seconds))];
}

function readExpiry({ createdAt }: OpenPgpKey, field: Uint8Array | undefined): Date | undefined {
  if (field === undefined) return undefined;
  if (field.length !== 4) throw new Malformed("The expiry of the OpenPGP key is no number of seconds.");
  return new Date(createdAt.getTime() + Buffer.from(field).readUInt32BE() * 1000);
}

function requireUserId(userId: string): void {
  if (userId === "" || !userId.isWellFormed() || /\p{Cc}/u.test(userId))
    throw new Malformed("An OpenPGP user id is a line of text, not empty.");
}
