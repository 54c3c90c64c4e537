import * as z from "zod";

/** Names that would collide with hosts of the service itself, or with what the public log calls it. */
const reservedSlugs: readonly string[] = ["api", "console", "login", "mail", "www", "status", "admin", "platform"];

/** A tenant's slug: a DNS label that is part of its host and mail domain. Never given out twice. */
export const TenantId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, "use 1 to 32 lower-case letters, digits and inner hyphens")
  .refine((slug) => !reservedSlugs.includes(slug), "this name is reserved for the service; choose another")
  .brand<"TenantId">();
export type TenantId = z.infer<typeof TenantId>;

/** How long a promise runs: an ISO 8601 duration of hours (`PT48H`), or business days (Monday to Friday) in the tenant's zone. */
export const PromiseLength = z.union([
  z.string().regex(/^PT[1-9][0-9]{0,4}H$/, "write hours as PT48H"),
  z.strictObject({ businessDays: z.int().min(1).max(365) }),
]);
export type PromiseLength = z.infer<typeof PromiseLength>;

const EmailAddress = z.email().max(254).toLowerCase();

/** What every door that speaks for a tenant needs to know of it. No secret. */
export const TenantProfile = z.strictObject({
  slug: TenantId,
  name: z.string().min(1).max(120),
  /** One sentence: what the organisation ships. */
  about: z.string().max(300),
  /** Addresses that take reports; the first is the one shown. Any local part at the tenant's own mail domain works too. */
  contacts: z.array(EmailAddress).min(1).max(20),
  timeZone: z.string().min(1).max(64),
  /** The promise to acknowledge a report; absent where the tenant publishes none: no promise, no clock. */
  acknowledgeWithin: PromiseLength.optional(),
  /** What happens after the acknowledgement, in the tenant's words: a line each, no line longer than a paragraph. */
  nextSteps: z.array(z.string().min(1).max(300)).max(10),
  version: z.int().min(1),
});
export type TenantProfile = z.infer<typeof TenantProfile>;
