/** An answer other than 200, with a code of the STS API. */
export class StsError extends Error {
  override readonly name = "StsError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
