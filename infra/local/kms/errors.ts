/** The errors of the KMS API that this stand-in gives, by the names that the SDK turns into classes or puts in `name`. */
export type KmsErrorName =
  | "AccessDeniedException"
  | "AlreadyExistsException"
  | "DisabledException"
  | "IncorrectKeyException"
  | "InvalidAliasNameException"
  | "InvalidCiphertextException"
  | "InvalidKeyUsageException"
  | "InvalidMarkerException"
  | "KMSInternalException"
  | "KMSInvalidMacException"
  | "KMSInvalidSignatureException"
  | "KMSInvalidStateException"
  | "LimitExceededException"
  | "MissingAuthenticationTokenException"
  | "NotFoundException"
  | "RequestEntityTooLargeException"
  | "SerializationException"
  | "TagException"
  | "ThrottlingException"
  | "UnknownOperationException"
  | "UnsupportedOperationException"
  | "ValidationException";

/** An answer other than 200. Its name goes over the wire as `__type`, its message as `message`. */
export class KmsError extends Error {
  override readonly name: KmsErrorName;

  constructor(name: KmsErrorName, message: string) {
    super(message);
    this.name = name;
  }

  get status(): number {
    if (this.name === "KMSInternalException") return 500;
    return this.name === "RequestEntityTooLargeException" ? 413 : 400;
  }
}
