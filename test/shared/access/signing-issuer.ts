/** Signs tokens in a test as an OpenID provider does, by a key of each algorithm that counts. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

export const issuer = "https://login.example";
export const audience = "https://api.example";
export const algorithms = ["ES256", "RS256", "PS256", "EdDSA"] as const;
type Algorithm = (typeof algorithms)[number];

export interface SigningIssuer {
  readonly jwks: { readonly keys: JWK[] };
  /** A token that is good at `now`; `undefined` takes a claim or a member of the header away. */
  token(
    now: Date,
    change?: { readonly claims?: object; readonly header?: object; readonly algorithm?: Algorithm },
  ): Promise<string>;
}

export async function startSigning(): Promise<SigningIssuer> {
  const pairs = new Map(
    await Promise.all(
      algorithms.map(
        async (algorithm) => [algorithm, await generateKeyPair(algorithm, { extractable: true })] as const,
      ),
    ),
  );
  const keys = await Promise.all(
    [...pairs].map(async ([alg, { publicKey }]) => ({ ...(await exportJWK(publicKey)), alg, kid: alg, use: "sig" })),
  );
  return {
    jwks: { keys },
    async token(now, { claims = {}, header = {}, algorithm = "ES256" } = {}) {
      const key = pairs.get(algorithm)?.privateKey;
      if (!key) throw new Error(`There is no key for ${algorithm}.`);
      const iat = Math.floor(now.getTime() / 1000);
      return new SignJWT({ iss: issuer, aud: audience, sub: "someone", iat, exp: iat + 300, ...claims })
        .setProtectedHeader({ alg: algorithm, kid: algorithm, typ: "at+jwt", ...header })
        .sign(key);
    },
  };
}
