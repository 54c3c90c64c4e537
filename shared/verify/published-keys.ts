import { keyStatus, type PublishedKey, readJwks } from "#shared/signing/jwks.ts";
import { Malformed } from "#shared/signing/malformed.ts";
import { type Certificate, readCertificate } from "#shared/signing/openpgp/certificate.ts";
import { keyThumbprint, type PublicKey, readPem } from "#shared/signing/public-key.ts";
import { absent, type Finding, holds, Lie } from "./finding.ts";

/** The keys that a site shows, as it wrote them. */
export interface KeyTexts {
  readonly jwks: string | undefined;
  readonly pem: string | undefined;
  readonly openPgp: string | undefined;
}

export interface SiteKeys {
  readonly keys: readonly PublishedKey[];
  readonly certificate: Certificate | undefined;
}

/** Reads all three forms. @throws Malformed also where a `kid` is not its key's RFC 7638 thumbprint */
export function readSiteKeys({ jwks, openPgp }: KeyTexts): SiteKeys {
  return {
    keys: jwks === undefined ? [] : readJwks(parseJson(jwks)),
    certificate: openPgp === undefined ? undefined : readCertificate(openPgp),
  };
}

/** The three forms name the same keys, and those that stand alone are not retired. @throws Lie, Malformed */
export function checkSiteKeys(texts: KeyTexts, { keys, certificate }: SiteKeys, now: Date): Finding {
  const pem = texts.pem === undefined ? undefined : readPem(texts.pem);
  if (pem !== undefined && !isCurrent(pem, keys, now)) {
    throw new Lie("pem-disagrees", `candor.pub is ${keyThumbprint(pem)}, which is not a key in use of the JWKS.`);
  }
  if (certificate !== undefined) requireAgreement(certificate, keys, now);
  if (texts.jwks === undefined) return absent("keys");
  const forms = ["JWKS", ...(pem ? ["PEM"] : []), ...(certificate ? ["OpenPGP"] : [])];
  return holds("keys", `${keys.length} in ${forms.join(", ")}; each kid is its key's thumbprint`);
}

function requireAgreement({ key, expiresAt }: Certificate, keys: readonly PublishedKey[], now: Date): void {
  if (!isCurrent(key.publicKey, keys, now)) {
    throw new Lie(
      "openpgp-disagrees",
      `The OpenPGP key is ${keyThumbprint(key.publicKey)}, not a key in use of the JWKS.`,
    );
  }
  if (expiresAt !== undefined && expiresAt <= now) {
    throw new Lie("openpgp-expired", `The OpenPGP key expired at ${expiresAt.toISOString()}.`);
  }
}

function isCurrent(key: PublicKey, keys: readonly PublishedKey[], now: Date): boolean {
  const found = findKey(keys, key);
  return found !== undefined && keyStatus(found, now) !== "retired";
}

export function findKey(keys: readonly PublishedKey[], key: PublicKey): PublishedKey | undefined {
  const kid = keyThumbprint(key);
  return keys.find(({ publicKey }) => keyThumbprint(publicKey) === kid);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Malformed("The JWKS is not JSON.", { cause });
  }
}
