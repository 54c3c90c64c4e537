/** Search over what a release says: every word of the query stands in a text of the same item. */
import { itemsOf } from "#shared/posture/content.ts";
import { kindNames } from "#shared/posture/kind-names.ts";
import type { Kind } from "#shared/posture/kinds.ts";
import { anchor } from "./design/anchor.ts";
import { plainText } from "./design/prose.ts";
import type { View } from "./view.ts";

export interface Hit {
  readonly kind: Kind;
  readonly title: string;
  readonly path: string;
  /** Where the first word stands. */
  readonly excerpt: string;
}

interface Entry extends Omit<Hit, "excerpt"> {
  readonly text: string;
  readonly folded: string;
}

/** Longer queries say no more, and cost. */
const mostWords = 8;
const around = 90;

/** Where the items of a kind are shown. */
const homes: { readonly [K in Kind]: (id: string) => string } = {
  purposes: (id) => `/policy#${anchor("purposes", id)}`,
  labels: () => "/#labels",
  claims: (id) => `/claims/${id}`,
  risks: (id) => `/risks#${anchor("risks", id)}`,
  exceptions: (id) => `/exceptions#${anchor("exceptions", id)}`,
  scope: (id) => `/scope#${anchor("scope", id)}`,
  support: (id) => `/support#${anchor("support", id)}`,
  commitments: (id) => `/policy#${anchor("commitments", id)}`,
  channels: (id) => `/policy#${anchor("channels", id)}`,
  "report-fields": (id) => `/policy#${anchor("report-fields", id)}`,
  "disclosure-steps": (id) => `/policy#${anchor("disclosure-steps", id)}`,
  terms: (id) => `/policy#${anchor("terms", id)}`,
  credits: (id) => `/thanks#${anchor("credits", id)}`,
  "threat-models": (id) => `/threat-model#${anchor("threat-models", id)}`,
  surfaces: (id) => `/threat-model#${anchor("surfaces", id)}`,
  layers: (id) => `/threat-model#${anchor("layers", id)}`,
  tokens: (id) => `/threat-model#${anchor("tokens", id)}`,
  checks: (id) => `/checks#${anchor("checks", id)}`,
  hardening: (id) => `/hardening#${anchor("hardening", id)}`,
  "release-duties": (id) => `/support#${anchor("release-duties", id)}`,
  policies: (id) => `/policies/${id}`,
  documents: (id) => `/policy#${anchor("documents", id)}`,
  tools: (id) => `/checks#${anchor("tools", id)}`,
  frameworks: (id) => `/#${anchor("frameworks", id)}`,
};

const made = new WeakMap<View["content"], readonly Entry[]>();

/** Up to `most` hits, in the order that a reader would meet them, and how many there are in all. */
export function search(
  view: View,
  query: string,
  most: number,
): { readonly found: number; readonly hits: readonly Hit[] } {
  const wanted = folded(query).split(/\s+/).filter(Boolean).slice(0, mostWords);
  if (wanted.length === 0) return { found: 0, hits: [] };
  const found = entriesOf(view).filter((entry) => wanted.every((word) => entry.folded.includes(word)));
  const hits = found.slice(0, most).map(({ kind, title, path, text, folded: plain }) => ({
    ...{ kind, title, path },
    excerpt: excerptOf(text, plain.indexOf(wanted[0] ?? "")),
  }));
  return { found: found.length, hits };
}

function entriesOf(view: View): readonly Entry[] {
  const { content } = view;
  let entries = made.get(content);
  if (!entries) {
    entries = kindNames.flatMap((kind) =>
      itemsOf(content, kind).map((item) => {
        const text = textsOf(item, view).join(" \u00b7 ");
        return { kind, title: item.title, path: homes[kind](item.id), text, folded: folded(text) };
      }),
    );
    made.set(content, entries);
  }
  return entries;
}

/** Members that are said to nobody. */
const silent: ReadonlySet<string> = new Set(["id", "visibility", "translations", "kind", "revision", "order"]);

function textsOf(value: unknown, view: View): string[] {
  if (typeof value === "string") return [plainText(value, view)];
  if (Array.isArray(value)) return value.flatMap((member) => textsOf(member, view));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => (silent.has(name) ? [] : textsOf(member, view)));
}

/** Without case and accents, one character for each, so that a place in the one is a place in the other. */
function folded(text: string): string {
  return text
    .replaceAll(/[^ -~]/g, (character) => {
      const [base = character] = character.normalize("NFD");
      return base.length === character.length ? base : character;
    })
    .toLowerCase();
}

function excerptOf(text: string, at: number): string {
  const from = Math.max(0, at - around);
  const to = Math.min(text.length, at + around);
  return `${from > 0 ? "\u2026" : ""}${text.slice(from, to).toWellFormed()}${to < text.length ? "\u2026" : ""}`;
}
