import { type CompactJWSHeaderParameters, compactVerify } from "jose";
import * as z from "zod";
import { formatBase64url, readBase64url } from "./base64.ts";
import { derToP1363 } from "./ecdsa-signature.ts";
import { unlessMalformed } from "./malformed.ts";
import { joseAlgorithms, keyThumbprint, type PublicKey } from "./public-key.ts";
import { type Signer, sign } from "./signer.ts";

/** What a verified JWS says. */
export interface VerifiedJws {
  readonly payload: Uint8Array;
  readonly publicKey: PublicKey;
  readonly kid: string | undefined;
  readonly typ: string | undefined;
}

export interface JwsCheck {
  /** The key of a `kid`, which is absent where the header names none. */
  readonly keyFor: (kid: string | undefined) => PublicKey | undefined;
  /** What `typ` has to be, letter by letter: a token of one kind must not pass for another (RFC 8725 §3.11). */
  readonly typ?: string;
}

/** A compact JWS (RFC 7515 §7.1). `kid` is the key's RFC 7638 thumbprint. One KMS call. */
export async function signJws(payload: Uint8Array, typ: string, signer: Signer): Promise<string> {
  const [alg] = joseAlgorithms[signer.algorithm];
  const header = { alg, kid: keyThumbprint(signer.publicKey), typ };
  const input = `${formatBase64url(Buffer.from(JSON.stringify(header)))}.${formatBase64url(payload)}`;
  const signature = await sign(signer, Buffer.from(input));
  return `${input}.${formatBase64url(signer.algorithm === "ES256" ? derToP1363(signature) : signature)}`;
}

/** A compact JWS with the payload left out (RFC 7515 Appendix F): `header..signature`. One KMS call. */
export async function signDetachedJws(payload: Uint8Array, typ: string, signer: Signer): Promise<string> {
  const [header = "", , signature = ""] = (await signJws(payload, typ, signer)).split(".");
  return `${header}..${signature}`;
}

/** What a compact JWS says if a known key signed it, else `undefined`. Keys and links inside its header are not followed. */
export async function verifyJws(jws: string, check: JwsCheck): Promise<VerifiedJws | undefined> {
  if (!isCanonical(jws)) return undefined;
  try {
    const { payload, protectedHeader } = await compactVerify(jws, (header) => keyOf(header, check).object, {
      algorithms,
    });
    const publicKey = keyOf(protectedHeader, check);
    const { kid, typ } = protectedHeader;
    return check.typ === undefined || check.typ === typ ? { payload, publicKey, kid, typ } : undefined;
  } catch {
    return undefined; // whatever is wrong with it, a stranger learns no more than that
  }
}

/** The same for a detached JWS and the payload that came beside it. */
export async function verifyDetachedJws(
  jws: string,
  payload: Uint8Array,
  check: JwsCheck,
): Promise<VerifiedJws | undefined> {
  const [header = "", middle, signature = "", ...rest] = jws.split(".");
  if (middle !== "" || rest.length > 0) return undefined;
  return verifyJws(`${header}.${formatBase64url(payload)}.${signature}`, check);
}

const algorithms = Object.values(joseAlgorithms).flat();

// Only strings: jose leaves the types of registered header parameters to the caller.
const Header = z.looseObject({ alg: z.string(), kid: z.string().optional(), typ: z.string().optional() });

function keyOf(header: CompactJWSHeaderParameters, { keyFor }: JwsCheck): PublicKey {
  const { alg, kid } = Header.parse(header);
  const key = keyFor(kid);
  if (key === undefined || !joseAlgorithms[key.algorithm].some((name) => name === alg))
    throw new Error("no key for this JWS");
  return key;
}

/** Base64url has spellings that decoders read alike; a signature shall have one. */
function isCanonical(jws: string): boolean {
  return unlessMalformed(() => jws.split(".").map(readBase64url)) !== undefined;
}
