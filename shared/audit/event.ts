import * as z from "zod";

/**
 * Who did it: somebody or some machine that acts for the tenant, by the opaque name that the tenant knows it by; an operator
 * of the service, by such a name too; a door; or somebody who is nothing to the tenant, under a pseudonym. Erasing what the name
 * stands for erases who that was.
 */
export const Actor = z.union([
  z.object({ member: z.string() }),
  z.object({ operator: z.string() }),
  z.object({ door: z.string() }),
  z.object({ stranger: z.string() }),
]);
export type Actor = z.infer<typeof Actor>;

/** What the tenant's log has the salted hash of. Names of things, never what is in them. */
export const LoggedEvent = z.object({
  id: z.string(),
  tenant: z.string(),
  /** RFC 3339, UTC, milliseconds. */
  at: z.string(),
  actor: Actor,
  /** One of `auditActions`, or one that an earlier release knew. */
  action: z.string(),
  /** Identifiers of what it was done to, by what they identify. */
  target: z.record(z.string(), z.string()),
  /** The request or invocation that it was done in. */
  request: z.string(),
});
export type LoggedEvent = z.infer<typeof LoggedEvent>;

/** An event as it is kept: with its salt, or erased. `index` is its place in the tenant's log; it has none in its first seconds. */
export type KeptEvent = { readonly index: number | undefined } & (
  | { readonly event: LoggedEvent; readonly salt: Uint8Array }
  | { readonly id: string; readonly at: string; readonly erasedAt: string }
);
