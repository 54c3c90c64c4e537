import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from "node:crypto";

/**
 * HPKE written a second time, straight from RFC 9180 (sections 4, 4.1, 5.1, 6.1; base mode) on X25519, HMAC and
 * AES-GCM alone, for DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM. It shares no code with what it checks.
 */

export interface Sealed {
  readonly enc: Uint8Array;
  readonly ciphertext: Uint8Array;
}

const text = (value: string) => Buffer.from(value, "latin1");
const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const KEM_SUITE = Buffer.concat([text("KEM"), u16(0x0020)]);
const HPKE_SUITE = Buffer.concat([text("HPKE"), u16(0x0020), u16(0x0001), u16(0x0002)]);

function privateKeyOf(raw: Uint8Array) {
  const der = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), raw]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function publicKeyOf(raw: Uint8Array) {
  const jwk = { kty: "OKP", crv: "X25519", x: Buffer.from(raw).toString("base64url") };
  return createPublicKey({ key: jwk, format: "jwk" });
}

/** Raw public key of a raw private one. */
export function publicOf(raw: Uint8Array): Buffer {
  return Buffer.from(String(createPublicKey(privateKeyOf(raw)).export({ format: "jwk" }).x), "base64url");
}

function labeledExtract(suite: Buffer, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer {
  const labeled = Buffer.concat([text("HPKE-v1"), suite, text(label), ikm]);
  return createHmac("sha256", salt).update(labeled).digest();
}

/** One block of HKDF-Expand is enough: nothing here is longer than 32 bytes. */
function labeledExpand(suite: Buffer, prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const labeled = Buffer.concat([u16(length), text("HPKE-v1"), suite, text(label), info, Buffer.from([1])]);
  return createHmac("sha256", prk).update(labeled).digest().subarray(0, length);
}

function sharedSecret(privateRaw: Uint8Array, publicRaw: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Buffer {
  const dh = diffieHellman({ privateKey: privateKeyOf(privateRaw), publicKey: publicKeyOf(publicRaw) });
  const prk = labeledExtract(KEM_SUITE, Buffer.alloc(0), "eae_prk", dh);
  return labeledExpand(KEM_SUITE, prk, "shared_secret", Buffer.concat([enc, recipient]), 32);
}

function keyAndNonce(shared: Uint8Array, info: Uint8Array): { key: Buffer; nonce: Buffer } {
  const none = Buffer.alloc(0);
  const pskIdHash = labeledExtract(HPKE_SUITE, none, "psk_id_hash", none);
  const infoHash = labeledExtract(HPKE_SUITE, none, "info_hash", info);
  const context = Buffer.concat([Buffer.from([0]), pskIdHash, infoHash]);
  const secret = labeledExtract(HPKE_SUITE, shared, "secret", none);
  return {
    key: labeledExpand(HPKE_SUITE, secret, "key", context, 32),
    nonce: labeledExpand(HPKE_SUITE, secret, "base_nonce", context, 12),
  };
}

/** SealBase with a chosen ephemeral private key. */
export function sealBase(
  recipient: Uint8Array,
  ephemeral: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Sealed {
  const enc = publicOf(ephemeral);
  const { key, nonce } = keyAndNonce(sharedSecret(ephemeral, recipient, enc, recipient), info);
  const gcm = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  return { enc, ciphertext: Buffer.concat([gcm.update(plaintext), gcm.final(), gcm.getAuthTag()]) };
}

/** OpenBase. */
export function openBase(
  { enc, ciphertext }: Sealed,
  recipientPrivate: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
): Buffer {
  const shared = sharedSecret(recipientPrivate, enc, enc, publicOf(recipientPrivate));
  const { key, nonce } = keyAndNonce(shared, info);
  const gcm = createDecipheriv("aes-256-gcm", key, nonce).setAAD(aad).setAuthTag(ciphertext.subarray(-16));
  return Buffer.concat([gcm.update(ciphertext.subarray(0, -16)), gcm.final()]);
}
