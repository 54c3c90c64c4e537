/** What a release freezes: the public content, and what its pages need to know of the tenant. */
import { canonicalJson, type Json } from "#shared/ledger/canonical-json.ts";
import type { TenantProfile } from "#shared/tenant/tenant.ts";
import type { Content } from "./content.ts";
import type { Draft } from "./draft.ts";
import { kindNames } from "./kind-names.ts";
import { parseContentProse } from "./parse-content-prose.ts";
import type { ProseTrees } from "./prose-tree.ts";

/** Of the tenant, as it was when the release was made. */
export type Organisation = Pick<TenantProfile, "slug" | "name" | "about" | "contacts" | "timeZone">;

export interface ReleaseBody {
  /** Grows with what a reader could misunderstand. */
  readonly format: "candor-release/1";
  readonly organisation: Organisation;
  readonly content: Content;
  /** What prose in the content is parsed to, so that a reader of the body needs no parser. */
  readonly prose: ProseTrees;
}

/** The body of a draft. Internal items are not in it; that nothing public refers to one is for `checkDraft` to have seen. */
export function releaseBody({ content }: Draft, organisation: Organisation): ReleaseBody {
  const { slug, name, about, contacts, timeZone } = organisation;
  const open = kindNames.map((kind) => [
    kind,
    Object.fromEntries(Object.entries(content[kind]).filter(([, { visibility }]) => visibility === "public")),
  ]);
  const published = Object.fromEntries(open) as Content;
  return {
    format: "candor-release/1",
    organisation: { slug, name, about, contacts, timeZone },
    content: published,
    prose: parseContentProse(published),
  };
}

/** The bytes that are stored, hashed and served: one for each body (RFC 8785). */
export function releaseBytes(body: ReleaseBody): Uint8Array {
  return Buffer.from(canonicalJson(withoutUndefined(body)));
}

const withoutUndefined = (body: ReleaseBody): Json => JSON.parse(JSON.stringify(body)) as Json;
