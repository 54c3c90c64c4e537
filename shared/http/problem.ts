/** Problem documents (RFC 9457): the one place where a failure gets a meaning in HTTP. */
import { Failure, type FailureCode } from "#shared/failure.ts";

const problems = {
  "not-found": { status: 404, title: "Not found" },
  unauthenticated: { status: 401, title: "Authentication needed" },
  "invalid-request": { status: 400, title: "Invalid request" },
  forbidden: { status: 403, title: "Not allowed" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  undecipherable: { status: 422, title: "Can't be decrypted" },
  unavailable: { status: 503, title: "Not available now" },
} as const satisfies Record<FailureCode, { status: number; title: string }>;

/** Headers that each code must bring (RFC 9110 sections 11.6.1 and 10.2.3). */
const headersOf: Partial<Record<FailureCode, Record<string, string>>> = {
  unauthenticated: { "www-authenticate": 'Bearer realm="candor"' },
  unavailable: { "retry-after": "30" },
};

/** The answer to a failed request. What is no `Failure` is a bug: it gets a bare 500, and its details go to the log alone. */
export function problemResponse(error: unknown, request: string): Response {
  const code = error instanceof Failure ? error.code : undefined;
  const { status, title } = code === undefined ? { status: 500, title: "Something went wrong here" } : problems[code];
  const detail =
    error instanceof Failure
      ? error.message
      : "The request was not carried out. Try again; quote the request's number if it stays.";
  return new Response(
    JSON.stringify({ type: `urn:candor:problem:${code ?? "internal"}`, title, status, detail, request }),
    {
      status,
      headers: {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        ...(code === undefined ? {} : headersOf[code]),
      },
    },
  );
}
