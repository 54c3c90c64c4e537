/** Everything that can go wrong on purpose. What it means on the wire stands in `shared/http/problem.ts`. */
export type FailureCode =
  | "not-found"
  | "unauthenticated"
  | "invalid-request"
  | "forbidden"
  | "method-not-allowed"
  | "undecipherable"
  | "invalid"
  | "too-large"
  | "conflict"
  | "stale"
  | "precondition-required"
  | "key-reused"
  | "in-progress"
  | "carried-out"
  | "rate-limited"
  | "misdirected"
  | "gone"
  | "suspended"
  | "unavailable";

/** One thing that is wrong with an input: where, as a JSON pointer (RFC 6901), and what. Quotes nothing of the input. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
  /** Set where the pointer is into the query, and not into the body. */
  readonly in?: "query";
}

interface FailureOptions extends ErrorOptions {
  readonly faults?: readonly Fault[];
  /** Seconds after which to ask again. */
  readonly retryAfter?: number;
  /** What else the problem document says: extension members (RFC 9457 section 3.2). */
  readonly members?: Readonly<Record<string, unknown>>;
}

export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: FailureCode;
  readonly faults: readonly Fault[];
  readonly retryAfter: number | undefined;
  readonly members: Readonly<Record<string, unknown>>;
  constructor(code: FailureCode, message: string, options?: FailureOptions) {
    super(message, options);
    this.code = code;
    this.faults = options?.faults ?? [];
    this.retryAfter = options?.retryAfter;
    this.members = options?.members ?? {};
  }
}
