/** The secret of an API: made once a process, when it is first needed, by a key that the process never sees. */
import { hkdfSync } from "node:crypto";
import { Failure } from "#shared/failure.ts";

/** A key of 256 bits for one purpose. @throws Failure `unavailable` */
export type ApiSecret = (purpose: "cursors" | "idempotency" | "addresses") => Promise<Uint8Array>;

/** `make` gives the same 256 bits in every process of the API. */
export function apiSecret(make: () => Promise<Uint8Array>): ApiSecret {
  let made: Promise<Uint8Array> | undefined;
  const keys = new Map<string, Uint8Array>();
  return async (purpose) => {
    const known = keys.get(purpose);
    if (known) return known;
    made ??= make();
    const secret = await made.catch((cause: unknown) => {
      made = undefined;
      throw new Failure("unavailable", "The service can't reach its keys now. Try again shortly.", { cause });
    });
    const key = new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(), `candor api ${purpose}`, 32));
    keys.set(purpose, key);
    return key;
  };
}
