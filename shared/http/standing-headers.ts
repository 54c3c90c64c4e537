/**
 * Headers of every answer of an API. They are given where an answer is made: changing them on a finished one costs more than
 * the router does.
 */
export const standingHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
} as const satisfies Readonly<Record<string, string>>;
