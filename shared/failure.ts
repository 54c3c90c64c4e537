/** Everything that can go wrong on purpose. What it means on the wire stands in `shared/http/problem.ts`. */
export type FailureCode =
  | "not-found"
  | "unauthenticated"
  | "invalid-request"
  | "forbidden"
  | "method-not-allowed"
  | "undecipherable"
  | "unavailable";

export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: FailureCode;
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
