/** The protected header of a signed token (RFC 7515 section 4), read before anything is done with the token. */

/** Asymmetric alone: a public key must never be usable as a shared secret. */
export const tokenAlgorithms = ["ES256", "RS256", "PS256", "EdDSA"] as const;

const lengthAtMost = 8_192;
const compact = /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+$/;
/** What a provider may call its tokens (RFC 9068 section 2.1); Cognito and GitHub say nothing, or `JWT`. */
const types: readonly unknown[] = [undefined, "jwt", "at+jwt", "application/at+jwt"];
/** Each would have the token say how it is to be checked: by keys that it brings along, or by rules of its own. */
const refused = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"];
const member = /\s*"((?:[^"\\]|\\.)*)"\s*:\s*"(?:[^"\\]|\\.)*"\s*(?:,|\}\s*$)/gy;

/**
 * Whether the form of a token lets its signature be looked at: in bounds, by an algorithm of the list, and with a header of
 * texts alone, each named once. JSON parsers differ in which of two equal names counts, so neither does.
 */
export function isReadableToken(token: string): boolean {
  if (token.length > lengthAtMost) return false;
  const header = headerOf(compact.exec(token)?.[1] ?? "");
  return (
    header !== undefined &&
    tokenAlgorithms.some((algorithm) => algorithm === header["alg"]) &&
    types.includes(header["typ"]?.toLowerCase()) &&
    refused.every((name) => !Object.hasOwn(header, name))
  );
}

function headerOf(part: string): Readonly<Record<string, string>> | undefined {
  const text = Buffer.from(part, "base64url").toString("utf8");
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) return undefined;
  return namesEachOnce(text, Object.keys(header).length) ? (header as Record<string, string>) : undefined;
}

/** Whether the text is an object of `count` members, each a text: fewer in the value means that a name was there twice. */
function namesEachOnce(text: string, count: number): boolean {
  const open = text.indexOf("{");
  if (open === -1) return false;
  const members = [...text.slice(open + 1).matchAll(member)];
  const read = members.reduce((length, [whole]) => length + whole.length, open + 1);
  return read === text.length && members.length === count;
}
