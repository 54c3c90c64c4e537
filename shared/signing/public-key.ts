import { createPublicKey, hash, type KeyObject } from "node:crypto";
import * as z from "zod";
import { formatBase64, formatBase64url, readBase64, readBase64url } from "./base64.ts";
import { Malformed } from "./malformed.ts";

/** Names as in JOSE (RFC 7518 §3.4, RFC 9864): ECDSA on P-256 with SHA-256, and Ed25519. */
export type SigningAlgorithm = "ES256" | "Ed25519";

export interface PublicKey {
  readonly algorithm: SigningAlgorithm;
  /** DER SubjectPublicKeyInfo (RFC 5480, RFC 8410): what KMS answers. */
  readonly spki: Uint8Array;
  /** The key alone: an uncompressed point of 65 bytes (SEC 1 §2.3.3), or 32 bytes (RFC 8032 §5.1.5). */
  readonly raw: Uint8Array;
  readonly object: KeyObject;
}

/** The required members of a public JWK: RFC 7518 §6.2.1, RFC 8037 §2. */
export type PublicJwk =
  | { readonly kty: "EC"; readonly crv: "P-256"; readonly x: string; readonly y: string }
  | { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string };

/** Everything before the key in its DER form. DER has one encoding, so these bytes are the whole check. */
const forms = {
  ES256: { prefix: Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"), rawLength: 65 },
  Ed25519: { prefix: Buffer.from("302a300506032b6570032100", "hex"), rawLength: 32 },
} as const satisfies Record<SigningAlgorithm, object>;

const algorithms = Object.keys(forms) as SigningAlgorithm[];

/** A key from DER SubjectPublicKeyInfo. @throws Malformed for another algorithm, a compressed point, or one off the curve */
export function readSpki(spki: Uint8Array): PublicKey {
  const algorithm = algorithms.find((name) => {
    const { prefix, rawLength } = forms[name];
    return spki.length === prefix.length + rawLength && prefix.equals(spki.subarray(0, prefix.length));
  });
  if (algorithm === undefined) throw new Malformed("Not a P-256 or Ed25519 public key. Give DER SubjectPublicKeyInfo.");
  const copy = Uint8Array.from(spki);
  const raw = copy.subarray(forms[algorithm].prefix.length);
  return { algorithm, spki: copy, raw, object: keyObject(copy) };
}

/** A key from its raw bytes, as in `PublicKey.raw`. @throws Malformed */
export function readRawKey(algorithm: SigningAlgorithm, raw: Uint8Array): PublicKey {
  return readSpki(Buffer.concat([forms[algorithm].prefix, raw]));
}

function keyObject(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), type: "spki", format: "der" });
  } catch (cause) {
    throw new Malformed("The public key is not a point of its curve. Export it again.", { cause });
  }
}

export function formatPem(key: PublicKey): string {
  const lines = formatBase64(key.spki).match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`;
}

/** One key and nothing else (RFC 7468 §13). @throws Malformed */
export function readPem(pem: string): PublicKey {
  const body = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----\s*$/.exec(pem)?.[1];
  if (body === undefined)
    throw new Malformed("Not a public key in PEM. Give one block that begins with BEGIN PUBLIC KEY.");
  return readSpki(readBase64(body.replaceAll(/\r?\n/g, "")));
}

export function publicJwk({ algorithm, raw }: PublicKey): PublicJwk {
  if (algorithm === "Ed25519") return { kty: "OKP", crv: "Ed25519", x: formatBase64url(raw) };
  const [x, y] = [raw.subarray(1, 33), raw.subarray(33)].map(formatBase64url) as [string, string];
  return { kty: "EC", crv: "P-256", x, y };
}

const JwkForVerifying = z.intersection(
  z.discriminatedUnion("kty", [
    z.looseObject({
      kty: z.literal("EC"),
      crv: z.literal("P-256"),
      x: z.string().length(43),
      y: z.string().length(43),
    }),
    z.looseObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string().length(43) }),
  ]),
  z.looseObject({
    use: z.literal("sig").optional(),
    key_ops: z
      .array(z.string())
      .refine((operations) => operations.includes("verify"))
      .optional(),
    d: z.undefined().optional(),
  }),
);

/**
 * A public key for signatures from a JWK (RFC 7517). Members that say nothing about that are left to the caller.
 * @throws Malformed for another kind of key, another use, a private key, or an `alg` of another kind of key
 */
export function readJwk(value: unknown): PublicKey {
  const parsed = JwkForVerifying.safeParse(value);
  if (!parsed.success) throw new Malformed("Not a public JWK that verifies signatures of P-256 or Ed25519.");
  const jwk = parsed.data;
  const point =
    jwk.kty === "EC" ? [Uint8Array.of(4), readBase64url(jwk.x), readBase64url(jwk.y)] : [readBase64url(jwk.x)];
  const key = readRawKey(jwk.kty === "EC" ? "ES256" : "Ed25519", Buffer.concat(point));
  const { alg } = jwk;
  if (alg !== undefined && !joseAlgorithms[key.algorithm].some((name) => name === alg))
    throw new Malformed("The JWK names an algorithm that its key is not for.");
  return key;
}

/** What `alg` may say beside a key: RFC 9864 names Ed25519, RFC 8037 said EdDSA. The first is what we write. */
export const joseAlgorithms = {
  ES256: ["ES256"],
  Ed25519: ["Ed25519", "EdDSA"],
} as const satisfies Record<SigningAlgorithm, readonly string[]>;

/** What a thumbprint covers, in lexicographic order: RFC 7638 §3.2, RFC 8037 §2. */
const thumbprintMembers = {
  EC: ["crv", "kty", "x", "y"],
  OKP: ["crv", "kty", "x"],
  RSA: ["e", "kty", "n"],
} as const;

/** The SHA-256 thumbprint of any public JWK, base64url (RFC 7638). */
export function jwkThumbprint(
  jwk: { readonly kty: keyof typeof thumbprintMembers } & Readonly<Record<string, unknown>>,
) {
  const members = thumbprintMembers[jwk.kty].map((name) => [name, jwk[name]]);
  return hash("sha256", JSON.stringify(Object.fromEntries(members)), "base64url");
}

/** The `kid` of a key everywhere: its RFC 7638 thumbprint. */
export const keyThumbprint = (key: PublicKey): string => jwkThumbprint(publicJwk(key));

/** Finds a key by its thumbprint; finds none without a `kid`. */
export function findByThumbprint(keys: readonly PublicKey[]): (kid: string | undefined) => PublicKey | undefined {
  const byThumbprint = new Map(keys.map((key) => [keyThumbprint(key), key]));
  return (kid) => (kid === undefined ? undefined : byThumbprint.get(kid));
}
