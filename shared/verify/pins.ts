import { Malformed, unlessMalformed } from "#shared/signing/malformed.ts";
import { parseNoteKey } from "#shared/signing/note-key.ts";
import { readCertificate } from "#shared/signing/openpgp/certificate.ts";
import { fingerprint, type OpenPgpKey } from "#shared/signing/openpgp/key.ts";
import { keyThumbprint, type PublicKey, readPem } from "#shared/signing/public-key.ts";
import { absent, type Finding, holds, Lie } from "./finding.ts";

/** A key that came from elsewhere than the site: it has to be among the site's keys, or to sign its log. */
export type Pin =
  | { readonly kind: "thumbprint"; readonly kid: string }
  | { readonly kind: "openpgp"; readonly fingerprint: string }
  | { readonly kind: "log"; readonly vkey: string };

/**
 * Reads a pin: a verifier key of a log (`<origin>+<id>+<base64>`), an RFC 7638 thumbprint, an OpenPGP fingerprint (blanks are left out),
 * a public key in PEM, or an armored OpenPGP key. @throws Malformed
 */
export function parsePin(text: string): Pin {
  const given = text.trim();
  if (given.startsWith("-----BEGIN PGP")) return openPgpPin(readCertificate(`${given}\n`).key);
  if (given.startsWith("-----BEGIN")) return { kind: "thumbprint", kid: keyThumbprint(readPem(given)) };
  if (unlessMalformed(() => parseNoteKey(given))) return { kind: "log", vkey: given };
  if (/^[A-Za-z0-9_-]{43}$/.test(given)) return { kind: "thumbprint", kid: given };
  const hexadecimal = given.replaceAll(/\s/g, "").toLowerCase();
  if (/^[0-9a-f]{40}$/.test(hexadecimal)) return { kind: "openpgp", fingerprint: hexadecimal };
  throw new Malformed(
    "Not a key. Give a PEM or OpenPGP file, a log's verifier key, an RFC 7638 thumbprint or an OpenPGP fingerprint.",
  );
}

/** Whether what is pinned by hand is what the site shows. Pins of a log's key are for its checkpoint. @throws Lie */
export function checkPins(
  pins: readonly Pin[],
  { keys, openPgp }: { readonly keys: readonly PublicKey[]; readonly openPgp: OpenPgpKey | undefined },
): Finding {
  const kids = keys.map(keyThumbprint);
  for (const pin of pins) {
    if (pin.kind === "thumbprint" && !kids.includes(pin.kid)) {
      throw new Lie("pinned-key-missing", `The pinned key ${pin.kid} is not among the keys of the site.`);
    }
    if (pin.kind === "openpgp" && (openPgp === undefined || hexFingerprint(openPgp) !== pin.fingerprint)) {
      throw new Lie("pinned-key-missing", `The site's OpenPGP key is not the pinned ${pin.fingerprint}.`);
    }
  }
  const pinned = pins.filter(({ kind }) => kind !== "log").length;
  return pinned === 0
    ? absent("pinned keys", "none given; keys are trusted as first seen")
    : holds("pinned keys", `${pinned} given by hand, found at the site`);
}

const openPgpPin = (key: OpenPgpKey): Pin => ({ kind: "openpgp", fingerprint: hexFingerprint(key) });
const hexFingerprint = (key: OpenPgpKey): string => Buffer.from(fingerprint(key)).toString("hex");
