import { hash } from "node:crypto";
import { Malformed } from "#shared/signing/malformed.ts";
import { type PublicKey, readRawKey, type SigningAlgorithm } from "#shared/signing/public-key.ts";
import { mpi, readMpis, timeField, u16 } from "./packet.ts";

/**
 * A public key as OpenPGP sees it. The fingerprint covers the time, so the time is stored with the key: another time is another key.
 * Counted in whole seconds.
 */
export interface OpenPgpKey {
  readonly publicKey: PublicKey;
  readonly createdAt: Date;
}

/** What differs between the two algorithms: RFC 9580 §9.1 (ids 19 and 22, the latter as RFC 4880 implementations know it), §9.2 (curves), §9.5 (hashes). */
export const openPgpAlgorithms = {
  ES256: {
    id: 19,
    curve: Buffer.from("2a8648ce3d030107", "hex"),
    hashId: 8,
    hash: "sha256",
    hashName: "SHA256",
    point: 65,
  },
  Ed25519: {
    id: 22,
    curve: Buffer.from("2b06010401da470f01", "hex"),
    hashId: 10,
    hash: "sha512",
    hashName: "SHA512",
    point: 33,
  },
} as const satisfies Record<SigningAlgorithm, object>;

/** The body of a version 4 public-key packet (RFC 9580 §5.5.2.2, §5.5.5.4, §5.5.5.5). */
export function keyBody({ publicKey, createdAt }: OpenPgpKey): Uint8Array {
  const { id, curve } = openPgpAlgorithms[publicKey.algorithm];
  const point = publicKey.algorithm === "ES256" ? publicKey.raw : Buffer.concat([Uint8Array.of(0x40), publicKey.raw]);
  const head = Buffer.concat([Uint8Array.of(4), timeField(createdAt), Uint8Array.of(id, curve.length), curve]);
  return Buffer.concat([head, mpi(point)]);
}

/** Undoes `keyBody`. @throws Malformed for other versions and algorithms */
export function readKeyBody(body: Uint8Array): OpenPgpKey {
  const bytes = Buffer.from(body);
  const algorithm = Object.entries(openPgpAlgorithms).find(([, { id, curve }]) => {
    return bytes[5] === id && bytes[6] === curve.length && curve.equals(bytes.subarray(7, 7 + curve.length));
  })?.[0] as SigningAlgorithm | undefined;
  if (bytes[0] !== 4 || algorithm === undefined)
    throw new Malformed("Not a version 4 OpenPGP key of P-256 or Ed25519.");
  const { curve, point: width } = openPgpAlgorithms[algorithm];
  const [point = new Uint8Array()] = readMpis(bytes.subarray(7 + curve.length), width);
  const publicKey = readRawKey(algorithm, algorithm === "ES256" ? point : point.subarray(1));
  const key = { publicKey, createdAt: new Date(bytes.readUInt32BE(1) * 1000) };
  if (!bytes.equals(keyBody(key))) throw new Malformed("The OpenPGP key is not written as the format asks.");
  return key;
}

/** A key as it is hashed into fingerprints and certifications (RFC 9580 §5.2.4). */
export function hashedKey(key: OpenPgpKey): Uint8Array {
  const body = keyBody(key);
  return Buffer.concat([Uint8Array.of(0x99), u16(body.length), body]);
}

/** 20 bytes (RFC 9580 §5.5.4.2). */
export const fingerprint = (key: OpenPgpKey): Uint8Array => hash("sha1", hashedKey(key), "buffer");

/** 8 bytes. */
export const openPgpKeyId = (key: OpenPgpKey): Uint8Array => fingerprint(key).subarray(12);
