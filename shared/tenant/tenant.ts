import * as z from "zod";
import { HolidayCalendar } from "./holiday-calendar.ts";
import { LanguageTag } from "./language.ts";
import { Standing } from "./standing.ts";
import { TimeZone } from "./time-zone.ts";
import { WebOrigin } from "./web-origin.ts";

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
const Name = z.string().min(1).max(120);
const About = z.string().max(300);

/** What a tenant says of itself, and may change by itself. No secret. */
const settings = {
  name: Name,
  /** One sentence: what the organisation ships. */
  about: About,
  /** Languages of the public pages; the first is the one that `name`, `about` and `nextSteps` are written in. */
  languages: z.array(LanguageTag).min(1).max(10).default(["en"]),
  /** Name and sentence in the other languages, where they differ. */
  translations: z.record(LanguageTag, z.strictObject({ name: Name.optional(), about: About.optional() })).default({}),
  /** Addresses that take reports; the first is the one shown. Any local part at the tenant's own mail domain works too. */
  contacts: z.array(EmailAddress).max(20),
  timeZone: TimeZone,
  calendar: HolidayCalendar.default({ regions: [], closingDays: [] }),
  /** The promise to acknowledge a report; absent where the tenant publishes none: no promise, no clock. */
  acknowledgeWithin: PromiseLength.optional(),
  /** What happens after the acknowledgement, in the tenant's words: a line each, no line longer than a paragraph. */
  nextSteps: z.array(z.string().min(1).max(300)).max(10),
  /** Origins whose pages may call the API from a browser. */
  corsOrigins: z.array(WebOrigin).max(20).default([]),
};

/** The settings as a whole: what a change must come to. */
export const TenantSettings = z
  .strictObject({ ...settings, contacts: settings.contacts.min(1) })
  .superRefine(({ languages, translations, contacts, corsOrigins }, { addIssue }) => {
    const fault = (path: string[], message: string) => addIssue({ code: "custom", path, message });
    for (const [path, list] of Object.entries({ languages, contacts, corsOrigins }))
      if (new Set(list).size < list.length) fault([path], "name each one once");
    for (const language of Object.keys(translations))
      if (!languages.slice(1).includes(language))
        fault(["translations", language], "translate into one of the languages after the first");
  });
export type TenantSettings = z.infer<typeof TenantSettings>;

/** The record of a tenant: what every door that speaks for it needs to know. No secret. */
export const TenantProfile = z.strictObject({
  slug: TenantId,
  ...settings,
  standing: Standing.default({ state: "active" }),
  version: z.int().min(1),
});
export type TenantProfile = z.infer<typeof TenantProfile>;

/** The settings of a tenant, out of its record. */
export function settingsOf({ slug: _slug, standing: _standing, version: _version, ...own }: TenantProfile) {
  return own satisfies TenantSettings;
}

/** Names of what one state of a tenant's record has otherwise than another; nothing of what it is. */
export function changedFields(before: TenantProfile, after: TenantProfile): readonly string[] {
  const was: Readonly<Record<string, unknown>> = { ...settingsOf(before), standing: before.standing };
  const is: Readonly<Record<string, unknown>> = { ...settingsOf(after), standing: after.standing };
  const names = Object.keys({ ...was, ...is });
  return names.filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name])).sort();
}

/** What is left of the record of a deleted tenant: its slug, and that it is deleted. */
export function closedProfile({ slug, version }: TenantProfile, now: Date): TenantProfile {
  const standing = { state: "closed", since: now.toISOString() };
  const nothing = { about: "", contacts: [], timeZone: "UTC", nextSteps: [] };
  return TenantProfile.parse({ slug, name: slug, ...nothing, standing, version: version + 1 });
}
