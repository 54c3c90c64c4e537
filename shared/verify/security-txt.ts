import { keyStatus, type PublishedKey, wasInUse } from "#shared/signing/jwks.ts";
import { verifyClearText } from "#shared/signing/openpgp/clear-text.ts";
import type { OpenPgpKey } from "#shared/signing/openpgp/key.ts";
import { type Finding, holds, Lie } from "./finding.ts";
import { findKey } from "./published-keys.ts";

export interface SecurityTxtFacts {
  readonly signed: string;
  /** The OpenPGP key of the site; after it, the one of last time. */
  readonly openPgp: readonly OpenPgpKey[];
  readonly keys: readonly PublishedKey[];
  /** Where it was read, as a URL. */
  readonly url: URL;
}

/** How far clocks may differ. */
const clockSkewMs = 5 * 60_000;

/** RFC 9116: signed by the site's key while that was in use, not expired, and meant for this place. @throws Lie */
export function checkSecurityTxt({ signed, openPgp, keys, url }: SecurityTxtFacts, now: Date): Finding {
  const good = openPgp.filter(({ publicKey }) => isNotRetired(findKey(keys, publicKey), now));
  const [held] = good.flatMap((key) => {
    const verified = verifyClearText(signed, key);
    return verified ? [{ ...verified, key: findKey(keys, key.publicKey) }] : [];
  });
  if (held === undefined) {
    throw new Lie("security-txt-signature", "security.txt is not signed, as a whole, by the OpenPGP key of the site.");
  }
  const { key, signedAt, text } = held;
  if (key === undefined || !wasInUse(key, signedAt) || signedAt.getTime() > now.getTime() + clockSkewMs) {
    const detail = `security.txt says it was signed at ${signedAt.toISOString()}, when its key was not in use.`;
    throw new Lie("security-txt-key", detail);
  }
  const expires = checkFields(readFields(text), url, now);
  return holds("security.txt", `signed ${signedAt.toISOString()}, expires ${expires.toISOString()}`);
}

const isNotRetired = (key: PublishedKey | undefined, now: Date): boolean =>
  key !== undefined && keyStatus(key, now) !== "retired";

function checkFields(fields: ReadonlyMap<string, readonly string[]>, url: URL, now: Date): Date {
  const [expires, ...more] = fields.get("expires") ?? [];
  // RFC 3339 and nothing that Date reads besides.
  const at =
    expires && /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(expires)
      ? new Date(expires)
      : undefined;
  if (at === undefined || Number.isNaN(at.getTime()) || more.length > 0 || !fields.has("contact")) {
    throw new Lie("security-txt-fields", "security.txt needs one Expires (RFC 3339) and at least one Contact.");
  }
  if (at <= now) throw new Lie("security-txt-expired", `security.txt expired at ${at.toISOString()}.`);
  if (!(fields.get("canonical") ?? []).some((canonical) => isThisPlace(canonical, url))) {
    throw new Lie("security-txt-canonical", `No Canonical of security.txt is ${url.href}: it is another site's.`);
  }
  return at;
}

/** The public name of a site is https, also where it is looked at through a plain port. */
function isThisPlace(canonical: string, url: URL): boolean {
  return canonical === url.href || canonical === `https://${url.hostname}${url.pathname}`;
}

/** Fields by lower-case name (RFC 9116 §2.2, §4). @throws Lie for a line that is neither field, comment nor blank */
function readFields(text: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    if (line.startsWith("#") || line.trim() === "") continue;
    const [, name, value] = /^([!-9;-~]+):[ \t]+(.*\S)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new Lie(
        "security-txt-fields",
        `security.txt has a line that is no field: ${JSON.stringify(line.slice(0, 80))}.`,
      );
    }
    fields.set(name.toLowerCase(), [...(fields.get(name.toLowerCase()) ?? []), value]);
  }
  return fields;
}
