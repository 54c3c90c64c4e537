/** The credential of a request, as it is sent (RFC 6750). */
import { Failure } from "#shared/failure.ts";

/** What to say to everybody who did not prove who they are: never what was wrong. */
export const refusal = (cause?: unknown): Failure =>
  new Failure(
    "unauthenticated",
    "Send `Authorization: Bearer <token>` with a valid access token of this service's OpenID provider, or with a machine token.",
    cause === undefined ? {} : { cause },
  );

const bearer = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;
/** Of several headers of one name Lambda makes one, with commas; no credential has one. */
const separator = /\s*,\s*/;

/**
 * The token that a request brings. A second credential beside it, in another header line or in the query, makes it unclear who
 * asks (RFC 6750 section 3.1).
 * @throws Failure `invalid-request` for two credentials, `unauthenticated` for none
 */
export function readCredential(authorization: string | undefined, query: URLSearchParams): string {
  const sent = (authorization ?? "").split(separator).filter((text) => text !== "");
  const elsewhere = query.getAll("access_token").map((token) => `Bearer ${token}`);
  if (new Set([...sent, ...elsewhere]).size > 1)
    throw new Failure("invalid-request", "A request brings one credential. Leave the others out.");
  const token = bearer.exec(authorization ?? "")?.[1];
  if (token === undefined) throw refusal();
  return token;
}
