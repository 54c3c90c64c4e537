/** Who is asking: an access token of the configured OpenID provider (RFC 6750, RFC 9068). */
import { errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { Failure } from "#shared/failure.ts";
import type { Subject } from "#shared/store/members.ts";

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
}

/** Asymmetric alone: a public key must never be usable as a shared secret. */
const algorithms = ["ES256", "RS256", "PS256", "EdDSA"];
const tokenLengthAtMost = 8_192;
const refusal = "Send `Authorization: Bearer <token>` with a valid access token of this service's OpenID provider.";

/** Reads and verifies the credential of a request. Whatever is wrong with it, the answer is the same. */
export async function authenticate(rules: TokenRules, authorization: string | undefined, now: Date): Promise<Subject> {
  const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined || token.length > tokenLengthAtMost) throw new Failure("unauthenticated", refusal);
  try {
    const { payload } = await jwtVerify(token, rules.keys, {
      issuer: rules.issuer,
      audience: rules.audience,
      algorithms,
      requiredClaims: ["sub", "exp", "iat"],
      clockTolerance: 5,
      currentDate: now,
    });
    return { issuer: rules.issuer, subject: payload.sub ?? "" };
  } catch (error) {
    if (!isTokensFault(error)) {
      throw new Failure("unavailable", "The OpenID provider's keys can't be fetched now. Try again shortly.", {
        cause: error,
      });
    }
    throw new Failure("unauthenticated", refusal, { cause: error });
  }
}

/** jose says by its class what was wrong with the token; a key endpoint that fails or talks nonsense is none of the token's faults. */
function isTokensFault(error: unknown): boolean {
  const keysFailed = [errors.JWKSTimeout, errors.JWKSInvalid].some((kind) => error instanceof kind);
  return error instanceof errors.JOSEError && error.code !== errors.JOSEError.code && !keysFailed;
}
