import * as z from "zod";
import { Malformed } from "./malformed.ts";
import { joseAlgorithms, keyThumbprint, type PublicJwk, type PublicKey, publicJwk, readJwk } from "./public-key.ts";

/** A key that the world may know, and when it signs. */
export interface PublishedKey {
  readonly publicKey: PublicKey;
  /** When it signs for the first time; a key is published before. Whole seconds. */
  readonly usedFrom: Date;
  /** When it stopped signing. What it signed before stays good. Whole seconds. */
  readonly retiredAt?: Date | undefined;
  /** What it signs. A signature by a key for something else counts for nothing. */
  readonly purpose?: string | undefined;
}

/**
 * A JWK as we publish it. RFC 7517 has no member for a key's time; `nbf` and `exp` are used after the example of OpenID Federation and
 * its document of historical keys, in seconds since the epoch (RFC 7519 §2). Who doesn't know them ignores them (RFC 7517 §4).
 */
export type PublishedJwk = PublicJwk & {
  readonly use: "sig";
  readonly alg: string;
  readonly kid: string;
  readonly nbf: number;
  readonly exp?: number;
  readonly candor_purpose?: string;
};

export type KeyStatus = "published" | "active" | "retired";

export function keyStatus({ usedFrom, retiredAt }: PublishedKey, now: Date): KeyStatus {
  if (retiredAt !== undefined && retiredAt <= now) return "retired";
  return usedFrom <= now ? "active" : "published";
}

/** Whether the key signed at that time. Only a time that somebody else vouches for, such as a log's, says anything about a retired key. */
export function wasInUse(key: PublishedKey, at: Date): boolean {
  return keyStatus(key, at) === "active";
}

/** The document at `/.well-known/jwks.json`: every key ever used, in the order given. */
export function formatJwks(keys: readonly PublishedKey[]): { readonly keys: readonly PublishedJwk[] } {
  return { keys: keys.map(formatKey) };
}

function formatKey({ publicKey, usedFrom, retiredAt, purpose }: PublishedKey): PublishedJwk {
  return {
    ...publicJwk(publicKey),
    use: "sig",
    alg: joseAlgorithms[publicKey.algorithm][0],
    kid: keyThumbprint(publicKey),
    nbf: seconds(usedFrom),
    ...(retiredAt === undefined ? {} : { exp: seconds(retiredAt) }),
    ...(purpose === undefined ? {} : { candor_purpose: purpose }),
  };
}

const instant = z.int().min(0).max(8_640_000_000_000);
const Jwks = z.object({
  keys: z
    .array(
      z.looseObject({
        kid: z.string(),
        nbf: instant.optional(),
        exp: instant.optional(),
        candor_purpose: z.string().optional(),
      }),
    )
    .max(100),
});

/**
 * Reads a JWKS as we publish it. A key without `nbf` counts as used since the epoch.
 * @throws Malformed for a key of another kind, a `kid` that is not the key's thumbprint, or the same key twice
 */
export function readJwks(value: unknown): PublishedKey[] {
  const parsed = Jwks.safeParse(value);
  if (!parsed.success) throw new Malformed("Not a JWK set whose keys have a kid.");
  const { keys } = parsed.data;
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) throw new Malformed("The JWK set has a kid twice.");
  return keys.map((jwk) => {
    const publicKey = readJwk(jwk);
    if (keyThumbprint(publicKey) !== jwk.kid)
      throw new Malformed("The JWK set has a kid that is not the key's thumbprint.");
    const retiredAt = jwk.exp === undefined ? undefined : new Date(jwk.exp * 1000);
    const { candor_purpose: purpose } = jwk;
    const given = { publicKey, usedFrom: new Date((jwk.nbf ?? 0) * 1000), retiredAt };
    return purpose === undefined ? given : { ...given, purpose };
  });
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
