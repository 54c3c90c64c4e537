/** Problem documents (RFC 9457): the one place where a failure gets a meaning in HTTP. */
import * as z from "zod";
import { Failure, type FailureCode } from "#shared/failure.ts";
import { standingHeaders } from "./standing-headers.ts";

export const problems = {
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
  "precondition-required": { status: 428, title: "Say what you change" },
  "key-reused": { status: 422, title: "Idempotency key used before" },
  "in-progress": { status: 409, title: "Still being carried out" },
  "carried-out": { status: 409, title: "Carried out before" },
  "rate-limited": { status: 429, title: "Too many requests" },
  misdirected: { status: 421, title: "Not served here" },
  gone: { status: 410, title: "No longer here" },
  suspended: { status: 503, title: "Suspended" },
  unavailable: { status: 503, title: "Not available now" },
} as const satisfies Record<FailureCode, { status: number; title: string }>;

/** A problem document as clients get it. */
export const Problem = z
  // Extension members (RFC 9457 section 3.2) are named where an operation has one.
  .looseObject({
    type: z.string().meta({ description: "What kind of problem it is: `urn:candor:problem:<code>`. Stable." }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "What to do about it." }),
    request: z.string().meta({ description: "The request's number: quote it when you ask about it." }),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: "JSON pointer (RFC 6901) into the body, or the query." }),
          detail: z.string(),
          in: z.enum(["query"]).optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: "Problem", description: "A problem document (RFC 9457)." });

/** The stable `type` of a problem. */
const problemType = (code: FailureCode | undefined): string => `urn:candor:problem:${code ?? "internal"}`;

/** A problem within an answer that is a success as a whole: that of one item of a batch. */
export function problemOf({ code, detail }: { readonly code: FailureCode; readonly detail: string }) {
  return { type: problemType(code), ...problems[code], detail };
}

/** Headers that each code must bring (RFC 9110 sections 11.6.1 and 10.2.3). */
const headersOf: Partial<Record<FailureCode, Record<string, string>>> = {
  unauthenticated: { "www-authenticate": 'Bearer realm="candor"' },
  // Nobody knows for how long; an hour is often enough to ask.
  suspended: { "retry-after": "3600" },
  unavailable: { "retry-after": "30" },
};

/**
 * The answer to a failed request. What is no `Failure` is a bug: it gets a bare 500, and its details go to the log alone.
 * `headers` are those that every answer to this request has.
 */
export function problemResponse(
  error: unknown,
  request: string,
  headers: Readonly<Record<string, string>> = standingHeaders,
): Response {
  const failure = error instanceof Failure ? error : undefined;
  const code = failure?.code;
  const { status, title } = code === undefined ? { status: 500, title: "Something went wrong here" } : problems[code];
  const detail =
    failure?.message ?? "The request was not carried out. Try again; quote the request's number if it stays.";
  const errors = failure && failure.faults.length > 0 ? { errors: failure.faults } : {};
  return new Response(
    JSON.stringify({ type: problemType(code), title, status, detail, request, ...errors, ...failure?.members }),
    {
      status,
      headers: {
        ...headers,
        "content-type": "application/problem+json",
        ...(code === undefined ? {} : headersOf[code]),
        ...(failure?.retryAfter === undefined ? {} : { "retry-after": String(failure.retryAfter) }),
      },
    },
  );
}
