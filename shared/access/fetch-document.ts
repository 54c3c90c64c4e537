/**
 * Reads a document of somebody else's server, whose address a tenant gave: a port. `shared/net/public-fetch.ts` keeps it from
 * reaching anything inside.
 */
export type FetchDocument = (url: URL) => Promise<Uint8Array>;

/** Why a document was not read. `not-public` is about the address that was given, the others are about what answered. */
export type RefusalReason = "not-public" | "redirect" | "status" | "too-large" | "encoded" | "timeout" | "unreachable";

/** A document was not read. The message says why and names no address that was not given. */
export class DocumentRefused extends Error {
  override readonly name = "DocumentRefused";
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
