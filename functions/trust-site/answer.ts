/** How the host answers: with headers that bind what a browser does, and under a strong validator. */
import { createHash } from "node:crypto";
import { style, styleHash } from "./design/style.ts";

/** Set on every page; no script, no frame, nothing from elsewhere. `styles`: the page's own, beside the one of all pages. */
export const headersOfPage = (...styles: readonly string[]) => ({
  "content-security-policy": `default-src 'none'; style-src ${[style, ...styles].map(styleHash).join(" ")}; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
});

export const pageHeaders = headersOfPage();

/** A page under a strong validator (RFC 9110 section 8.8.3): the digest of its bytes. */
export function answer(
  ifNoneMatch: string | undefined,
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
  status = 200,
): Response {
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  const headers = {
    ...pageHeaders,
    etag,
    "cache-control": "public, max-age=60, stale-while-revalidate=600",
    vary: "Host",
  };
  const known = ifNoneMatch?.split(",").some((given) => ["*", etag, `W/${etag}`].includes(given.trim()));
  return known && status === 200
    ? new Response(null, { status: 304, headers })
    : new Response(body, { status, headers: { ...headers, "content-type": type } });
}
