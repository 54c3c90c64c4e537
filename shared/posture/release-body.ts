/** What a release freezes: the public content, and what its pages need to know of the tenant. */
import { canonicalJson, type Json } from "#shared/ledger/canonical-json.ts";
import type { TenantProfile } from "#shared/tenant/tenant.ts";
import type { Content } from "./content.ts";
import type { Draft } from "./draft.ts";
import { kindNames } from "./kinds.ts";

/** Of the tenant, as it was when the release was made. */
export type Organisation = Pick<TenantProfile, "slug" | "name" | "about" | "contacts" | "timeZone">;

export interface ReleaseBody {
  /** Grows with what a reader could misunderstand. */
  readonly format: "candor-release/1";
  readonly organisation: Organisation;
  readonly content: Content;
}

/** The body of a draft. Internal items are not in it; that nothing public refers to one is for `checkDraft` to have seen. */
export function releaseBody({ content }: Draft, organisation: Organisation): ReleaseBody {
  const { slug, name, about, contacts, timeZone } = organisation;
  const open = kindNames.map((kind) => [
    kind,
    Object.fromEntries(Object.entries(content[kind]).filter(([, { visibility }]) => visibility === "public")),
  ]);
  return {
    format: "candor-release/1",
    organisation: { slug, name, about, contacts, timeZone },
    content: Object.fromEntries(open) as Content,
  };
}

/** The bytes that are stored, hashed and served: one for each body (RFC 8785). */
export function releaseBytes(body: ReleaseBody): Uint8Array {
  return Buffer.from(canonicalJson(withoutUndefined(body)));
}

/** The body in stored bytes. They are known to be a release by their digest: nothing but the format is looked at again. */
export function readReleaseBody(bytes: Uint8Array): ReleaseBody {
  const body = JSON.parse(new TextDecoder().decode(bytes)) as ReleaseBody;
  if (body.format !== "candor-release/1") throw new Error("This release is in a format that is not known here.");
  // A kind that came later is not in an older body.
  return { ...body, content: { ...noKinds, ...body.content } };
}
const noKinds = Object.fromEntries(kindNames.map((kind) => [kind, {}]));

const withoutUndefined = (body: ReleaseBody): Json => JSON.parse(JSON.stringify(body)) as Json;
