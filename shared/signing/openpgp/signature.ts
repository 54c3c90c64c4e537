import { hash } from "node:crypto";
import { derToP1363 } from "#shared/signing/ecdsa-signature.ts";
import { Malformed } from "#shared/signing/malformed.ts";
import type { Signer } from "#shared/signing/signer.ts";
import { verifyP1363, verifySignature } from "#shared/signing/verify-signature.ts";
import { fingerprint, type OpenPgpKey, openPgpAlgorithms, openPgpKeyId } from "./key.ts";
import {
  formatPacket,
  formatSubpacket,
  mpi,
  packetTags,
  readMpis,
  readPackets,
  readSubpackets,
  timeField,
  u16,
  u32,
} from "./packet.ts";

/** Signature types (RFC 9580 §5.2.1). */
export const signatureTypes = { binary: 0x00, text: 0x01, certification: 0x13 } as const;
type SignatureType = (typeof signatureTypes)[keyof typeof signatureTypes];

/** Subpacket types (RFC 9580 §5.2.3.7). */
export const subpacketTypes = { createdAt: 2, keyExpiry: 9, issuer: 16, keyFlags: 27, issuerFingerprint: 33 } as const;

/** An OpenPGP key and what signs for it. */
export interface OpenPgpSigner {
  readonly key: OpenPgpKey;
  readonly signer: Signer;
}

export interface SignatureRequest {
  readonly type: SignatureType;
  /** What the type says is hashed first: a message, or a key with a user id. */
  readonly data: Uint8Array;
  readonly at: Date;
  /** More hashed subpackets. */
  readonly subpackets?: readonly Uint8Array[];
}

/** A version 4 signature packet (RFC 9580 §5.2.3). One KMS call. */
export async function signPacket(request: SignatureRequest, { key, signer }: OpenPgpSigner): Promise<Uint8Array> {
  const head = signatureHead(request, key);
  const message = hashedBytes(request.data, head);
  const integers = await signIntegers(message, signer);
  const digestStart = hash(openPgpAlgorithms[key.publicKey.algorithm].hash, message, "buffer").subarray(0, 2);
  const body = Buffer.concat([head, unhashedArea(key), digestStart, ...integers]);
  return formatPacket(packetTags.signature, body);
}

/** From the version to the end of the hashed subpackets. */
function signatureHead({ type, at, subpackets = [] }: SignatureRequest, key: OpenPgpKey): Uint8Array {
  const { id, hashId } = openPgpAlgorithms[key.publicKey.algorithm];
  const hashed = Buffer.concat([
    formatSubpacket(subpacketTypes.issuerFingerprint, Buffer.concat([Uint8Array.of(4), fingerprint(key)])),
    formatSubpacket(subpacketTypes.createdAt, timeField(at)),
    ...subpackets,
  ]);
  return Buffer.concat([Uint8Array.of(4, type, id, hashId), u16(hashed.length), hashed]);
}

/** What is outside the signature: the key id, for readers that know no fingerprints. */
function unhashedArea(key: OpenPgpKey): Uint8Array {
  const issuer = formatSubpacket(subpacketTypes.issuer, openPgpKeyId(key));
  return Buffer.concat([u16(issuer.length), issuer]);
}

/** What is hashed (RFC 9580 §5.2.4): the data, the head, and a trailer that says where the head begins. */
function hashedBytes(data: Uint8Array, head: Uint8Array): Uint8Array {
  return Buffer.concat([data, head, Uint8Array.of(4, 0xff), u32(head.length)]);
}

async function signIntegers(hashed: Uint8Array, signer: Signer): Promise<Uint8Array[]> {
  const signature =
    signer.algorithm === "ES256"
      ? derToP1363(await signer.signDigest(hash("sha256", hashed, "buffer")))
      : await signer.signMessage(hash("sha512", hashed, "buffer"));
  return [mpi(signature.subarray(0, 32)), mpi(signature.subarray(32))];
}

/** What a signature says of itself, once it holds. */
export interface HeldSignature {
  readonly signedAt: Date;
  readonly subpackets: ReadonlyMap<number, Uint8Array>;
}

/**
 * Checks one signature packet of the kind that `signPacket` makes; others are refused.
 * @throws Malformed for bytes of another form
 */
export function verifyPacket(
  packet: Uint8Array,
  { type, data }: Pick<SignatureRequest, "type" | "data">,
  key: OpenPgpKey,
): HeldSignature | undefined {
  const { head, hashedArea, rest } = splitPacket(packet);
  const algorithm = openPgpAlgorithms[key.publicKey.algorithm];
  const subpackets = readSubpackets(hashedArea);
  const signedAt = readTime(subpackets.get(subpacketTypes.createdAt));
  const hashed = hashedBytes(data, head);
  const [r, s, ...others] = readMpis(rest.subarray(unhashedArea(key).length + 2), 32);
  const expected = Buffer.concat([
    Uint8Array.of(4, type, algorithm.id, algorithm.hashId),
    unhashedArea(key),
    hash(algorithm.hash, hashed, "buffer").subarray(0, 2),
  ]);
  const given = Buffer.concat([head.subarray(0, 4), rest.subarray(0, unhashedArea(key).length + 2)]);
  if (!expected.equals(given) || !r || !s || others.length > 0) return undefined;
  return verifyHashed(key, hashed, Buffer.concat([r, s])) ? { signedAt, subpackets } : undefined;
}

function splitPacket(bytes: Uint8Array) {
  const [packet, ...others] = readPackets(bytes);
  if (packet?.tag !== packetTags.signature || others.length > 0)
    throw new Malformed("Not one OpenPGP signature packet.");
  const body = Buffer.from(packet.body);
  if (body.length < 6) throw new Malformed("The OpenPGP signature packet ends too early.");
  const end = 6 + body.readUInt16BE(4);
  return { head: body.subarray(0, end), hashedArea: body.subarray(6, end), rest: body.subarray(end) };
}

function readTime(field: Uint8Array | undefined): Date {
  if (field?.length !== 4) throw new Malformed("The OpenPGP signature has no time.");
  return new Date(Buffer.from(field).readUInt32BE() * 1000);
}

function verifyHashed({ publicKey }: OpenPgpKey, hashed: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.algorithm === "ES256") return verifyP1363(publicKey, hashed, signature);
  return verifySignature(publicKey, hash("sha512", hashed, "buffer"), signature);
}
