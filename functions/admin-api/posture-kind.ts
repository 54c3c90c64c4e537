/** The kinds of content as the API has them: their path, what one is called, and the schemas of what is sent and shown. */
import * as z from "zod";
import { ItemId } from "#shared/posture/head.ts";
import { type ItemOf, type Kind, kinds } from "#shared/posture/kinds.ts";
import type { Stored } from "#shared/store/drafts.ts";

/** `path` where the name of the kind is another thing's: machine tokens are at `tokens`. */
const named: Readonly<Record<Kind, { readonly one: string; readonly many: string; readonly path?: string }>> = {
  purposes: { one: "purpose", many: "purposes" },
  labels: { one: "label definition", many: "label definitions" },
  claims: { one: "claim", many: "claims" },
  risks: { one: "risk", many: "accepted risks" },
  exceptions: { one: "exception", many: "exceptions for dependencies" },
  scope: { one: "scope rule", many: "scope rules" },
  support: { one: "support statement", many: "support statements" },
  commitments: { one: "commitment", many: "commitments" },
  channels: { one: "channel", many: "contact channels" },
  "report-fields": { one: "report field", many: "fields that a reporter is asked for" },
  "disclosure-steps": { one: "disclosure step", many: "steps of disclosure" },
  terms: { one: "term", many: "terms between the tenant and reporters" },
  credits: { one: "credit", many: "credits" },
  "threat-models": { one: "threat model", many: "threat models" },
  surfaces: { one: "surface", many: "attack surfaces" },
  layers: { one: "layer", many: "layers of defence" },
  tokens: { one: "token table", many: "tables of the product's tokens", path: "token-tables" },
  checks: { one: "check", many: "checks" },
  hardening: { one: "hardening checklist", many: "hardening checklists" },
  "release-duties": { one: "release duty", many: "duties of a release" },
  policies: { one: "policy", many: "policies by component" },
  documents: { one: "document", many: "documents" },
  tools: { one: "tool", many: "tools for contributors" },
  frameworks: { one: "framework", many: "mappings to frameworks" },
};

export const pathOf = (kind: Kind): string => named[kind].path ?? kind;
export const oneOf = (kind: Kind): string => named[kind].one;
export const manyOf = (kind: Kind): string => named[kind].many;

/** The schema of an item, as one that grows: each kind's is a strict object, some with rules over their members. */
const schemaOf = (kind: Kind): z.ZodObject => kinds[kind] as unknown as z.ZodObject;

/** The name of a schema in the OpenAPI document: `ScopeRule`. */
const schemaName = (kind: Kind): string =>
  oneOf(kind)
    .split(" ")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

/** What makes an item. Without an id it gets one from its title. */
export const inputOf = (kind: Kind): z.ZodType =>
  schemaOf(kind)
    .safeExtend({ id: ItemId.optional().meta({ description: "Made of the title where it is left out." }) })
    .meta({ id: `${schemaName(kind)}Input` });

/** An item as it is shown: with its revision, and who changed it last. */
export const shownOf = (kind: Kind): z.ZodType =>
  schemaOf(kind)
    .safeExtend({
      revision: z.int().meta({ description: "1 when it was made, one more with each change." }),
      changedAt: z.string(),
      changedBy: z.string().meta({ description: "Who changed it, as the audit log calls them." }),
    })
    .meta({ id: schemaName(kind) });

export function shown<K extends Kind>({ item, changedAt, changedBy }: Stored<K>) {
  return { ...item, changedAt, changedBy };
}

/** What an item is without what the store adds to it. */
export function contentOf<K extends Kind>({ revision: _, ...content }: Stored<K>["item"]): ItemOf<K> {
  return content as unknown as ItemOf<K>;
}

/** An id made of a title: `Identity of nodes` is `identity-of-nodes`. Empty where the title has no letter of ASCII. */
export function idOfTitle(title: string): string {
  const plain = title.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 64);
}
