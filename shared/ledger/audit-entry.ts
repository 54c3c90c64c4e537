import { hash } from "node:crypto";
import { canonicalJson, type Json } from "./canonical-json.ts";

/** Bytes of salt. With fewer, whoever can guess an event could confirm the guess. */
export const auditSaltLength = 16;

/**
 * What a tenant's audit log holds of an event, 32 bytes: SHA-256(salt || canonical JSON of the event, in UTF-8). Where event
 * and salt are erased, this stays and says nothing; where both are kept, nobody can show another event for it.
 */
export function auditEntry(event: Json, salt: Uint8Array): Uint8Array {
  if (salt.length !== auditSaltLength) throw new RangeError(`The salt of an event has ${auditSaltLength} bytes.`);
  return hash("sha256", Buffer.concat([salt, Buffer.from(canonicalJson(event))]), "buffer");
}
