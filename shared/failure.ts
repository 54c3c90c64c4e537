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
  | "unavailable";

/** One thing that is wrong with an input: where, as a JSON pointer (RFC 6901), and what. Quotes nothing of the input. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: FailureCode;
  readonly faults: readonly Fault[];
  constructor(code: FailureCode, message: string, options?: ErrorOptions & { readonly faults?: readonly Fault[] }) {
    super(message, options);
    this.code = code;
    this.faults = options?.faults ?? [];
  }
}
