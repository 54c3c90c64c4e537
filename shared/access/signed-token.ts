/** Tokens of an OpenID provider: signed, in the compact form (RFC 7519, RFC 7515). */
import { type CompactVerifyGetKey, compactVerify } from "jose";
import * as z from "zod";
import { isReadableToken, tokenAlgorithms } from "./token-header.ts";

/** Finds the key that a token says it is signed with. @throws KeysUnavailable where the provider's keys can't be had */
export type FindKey = CompactVerifyGetKey;

/** The keys of a provider can't be had now. It says nothing about the token. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

/** Clocks of two machines may differ by this much. */
const toleranceSeconds = 5;
/** A token older than this is refused whatever end it names. */
const ageAtMostSeconds = 86_400;

/**
 * The bytes that a provider signed; `undefined` for everything that it did not, whatever the reason.
 * @throws KeysUnavailable
 */
export async function verifySignedToken(token: string, findKey: FindKey): Promise<Uint8Array | undefined> {
  if (!isReadableToken(token)) return undefined;
  try {
    return (await compactVerify(token, findKey, { algorithms: [...tokenAlgorithms] })).payload;
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error;
    return undefined;
  }
}

const Registered = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  iat: z.number(),
  nbf: z.number().optional(),
});
/** What a verified token says; claims beyond the registered ones are there too, unjudged. */
export type Claims = z.infer<typeof Registered>;

/**
 * The claims of a token that its provider signed for one of these audiences and that is good now (RFC 7519 section 4.1, RFC 9068 section
 * 4); `undefined` for every other one. @throws KeysUnavailable
 */
export async function readToken(
  token: string,
  wanted: { readonly issuer: string; readonly audiences: readonly string[]; readonly findKey: FindKey },
  now: Date,
): Promise<Claims | undefined> {
  const payload = await verifySignedToken(token, wanted.findKey);
  const claims = payload && Registered.safeParse(parseJson(payload)).data;
  if (!claims) return undefined;
  const { iss, aud, exp, iat, nbf = iat } = claims;
  const seconds = now.getTime() / 1000;
  const isGood =
    iss === wanted.issuer &&
    [aud].flat().some((one) => wanted.audiences.includes(one)) &&
    seconds < exp + toleranceSeconds &&
    Math.max(iat, nbf) <= seconds + toleranceSeconds &&
    seconds - iat < ageAtMostSeconds;
  return isGood ? claims : undefined;
}

/**
 * Whether a token is one that tells a client who signed in (OpenID Connect Core 1.0 section 2), and not one for an API. Providers
 * that give access tokens no type of their own (RFC 9068 section 4) mark one or the other by a claim.
 */
export const isIdToken = (claims: Claims): boolean =>
  Object.hasOwn(claims, "at_hash") ||
  Object.hasOwn(claims, "c_hash") ||
  claims["token_use"] === "id" ||
  claims["typ"] === "ID";

/** Who a token says issued it, unverified: for choosing the keys to check it with, and for nothing else. */
export function statedIssuer(token: string): string | undefined {
  if (!isReadableToken(token)) return undefined;
  const claims = parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url"));
  return z.object({ iss: z.string() }).safeParse(claims).data?.iss;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
