/** What every item of a posture has, of whatever kind. */
import * as z from "zod";
import { HttpsUrl, line, SourcePath } from "./text.ts";
import { Translations } from "./translation.ts";

/** The stable name of an item, and of a part within one. It stands in addresses of pages, and is not given to something else. */
export const ItemId = z
  .string()
  .max(64, "has at most 64 characters")
  .regex(/^[a-z0-9][a-z0-9-]*$/, "use lower-case letters, digits and hyphens, and begin with a letter or digit");

/** `internal` items are drafts for staff: no release holds them. */
const Visibility = z.enum(["public", "internal"]);

/** Where a statement stands in the tenant's own material. */
const Source = z
  .strictObject({ path: SourcePath.optional(), url: HttpsUrl.optional() })
  .refine(({ path, url }) => path !== undefined || url !== undefined, "needs a path or a URL");

/** The optional part of a product without which a statement means nothing. */
const AppliesWhen = z.strictObject({
  /** As the tenant calls it: "supply-chain extension". */
  component: line(80),
  /** What is the case without it. */
  otherwise: line(300).optional(),
});

/** A value that a text turns on, so that it can be found and compared: a port, a lifetime, a file mode. */
export const Fact = z.strictObject({ name: line(120), value: line(300) });
export type Fact = z.infer<typeof Fact>;

/** Fields of every kind; spread into the kind's `z.strictObject`. */
export const head = {
  id: ItemId,
  title: line(160),
  visibility: Visibility.default("public"),
  source: Source.optional(),
  appliesWhen: AppliesWhen.optional(),
  /** The place in a list; items without one come after, by id. */
  order: z.int().min(0).max(9_999).optional(),
  translations: Translations.optional(),
} as const;
