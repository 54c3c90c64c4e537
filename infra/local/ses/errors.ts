import { escapeXml } from "./xml.ts";

/** What SES answers instead of a result: an error code of the API, a sentence, the HTTP status. */
export class SesError extends Error {
  override readonly name = "SesError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** A parameter or a message that SES would not take. */
export function invalidParameter(message: string): SesError {
  return new SesError("InvalidParameterValue", message);
}

/** The error document of the Query protocol. */
export function errorDocument(error: SesError, requestId: string): string {
  const type = error.status < 500 ? "Sender" : "Receiver";
  return (
    `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>${type}</Type>` +
    `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error>` +
    `<RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`
  );
}

/**
 * Turns whatever was thrown into what the wire says. An authorizer refuses by throwing an error whose name is
 * `AccessDenied` or `AccessDeniedException`; anything unforeseen becomes a bare 500.
 */
export function toSesError(error: unknown): SesError {
  if (error instanceof SesError) return error;
  if (error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name)) {
    return new SesError("AccessDenied", error.message, 403);
  }
  return new SesError("InternalFailure", "The SES stand-in failed; its log says why.", 500);
}
