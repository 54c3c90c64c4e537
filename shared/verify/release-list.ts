import * as z from "zod";
import { Malformed } from "#shared/signing/malformed.ts";
import { Lie } from "./finding.ts";
import { published, type ReadPath, readBytes } from "./published.ts";

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const Counted = z.int().min(1).max(99_999_999);

/** A release as the site lists it. What else it says is not looked at. */
const ListedRelease = z.object({
  release: Counted,
  body: Digest,
  previous: Digest.nullable(),
  at: z.iso.datetime(),
  publishedAt: z.iso.datetime(),
  index: z.int().min(0),
  note: z.string().optional(),
  restores: Counted.optional(),
  withdrawn: z.object({ at: z.iso.datetime(), reason: z.string() }).optional(),
});
export type ListedRelease = z.infer<typeof ListedRelease>;

const Page = z.object({
  shown: Counted.nullable(),
  items: z.array(ListedRelease).max(1_000),
  next: z
    .string()
    .regex(/^\/releases\.json\?before=[1-9]\d{0,7}$/)
    .optional(),
});

/** Pages of a list: more releases than anybody makes. */
const mostPages = 500;

/** All pages of the list, the newest release first. `first`: the page that was read already. @throws Malformed, Lie */
export async function readReleaseList(
  first: string,
  read: ReadPath,
): Promise<{ readonly shown: number | null; readonly items: readonly ListedRelease[] }> {
  let page = readPage(first);
  const { shown } = page;
  const items = [...page.items];
  for (let pages = 1; page.next !== undefined; pages++) {
    const bytes = pages < mostPages ? await readBytes(read, page.next.slice(1), published.releases.limit) : undefined;
    if (bytes === undefined)
      throw new Lie("release-missing", `The list of releases goes on at ${page.next}, and there is nothing.`);
    page = readPage(Buffer.from(bytes).toString("utf8"));
    items.push(...page.items);
  }
  if (items.some(({ release }, at) => at > 0 && release >= (items[at - 1]?.release ?? 0)))
    throw new Malformed("The list of releases is not in order, the newest first.");
  return { shown, items };
}

function readPage(text: string): z.infer<typeof Page> {
  const parsed = Page.safeParse(parse(text));
  if (!parsed.success) throw new Malformed("The list of releases is not as it should be.");
  return parsed.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
