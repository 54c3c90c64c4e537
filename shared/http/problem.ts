/** Problem documents (RFC 9457): the one place where a failure gets a meaning in HTTP. */
import { Failure, type FailureCode } from "#shared/failure.ts";

const problems = {
  "not-found": { status: 404, title: "Not found" },
  unauthenticated: { status: 401, title: "Authentication needed" },
  "invalid-request": { status: 400, title: "Invalid request" },
  forbidden: { status: 403, title: "Not allowed" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  undecipherable: { status: 422, title: "Can't be decrypted" },
  invalid: { status: 422, title: "Invalid input" },
  "too-large": { status: 413, title: "Too large" },
  conflict: { status: 409, title: "Not possible as it is now" },
  stale: { status: 412, title: "Changed by someone else" },
  unavailable: { status: 503, title: "Not available now" },
} as const satisfies Record<FailureCode, { status: number; title: string }>;

/** The stable `type` of a problem. */
const problemType = (code: FailureCode | undefined): string => `urn:candor:problem:${code ?? "internal"}`;

/** A problem within an answer that is a success as a whole: that of one item of a batch. */
export function problemOf({ code, detail }: { readonly code: FailureCode; readonly detail: string }) {
  return { type: problemType(code), ...problems[code], detail };
}

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
  const errors = error instanceof Failure && error.faults.length > 0 ? { errors: error.faults } : {};
  return new Response(JSON.stringify({ type: problemType(code), title, status, detail, request, ...errors }), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(code === undefined ? {} : headersOf[code]),
    },
  });
}
