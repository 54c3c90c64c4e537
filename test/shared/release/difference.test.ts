import { describe, expect, it } from "vitest";
import { type DraftItem, draftOf } from "#shared/posture/draft.ts";
import { type InputOf, type Kind, kinds } from "#shared/posture/kinds.ts";
import { type ReleaseBody, releaseBody } from "#shared/posture/release-body.ts";
import { differenceOf } from "#shared/release/difference.ts";
import { differenceInWords } from "#shared/release/difference-in-words.ts";
import { claim } from "#test/stage/publishing.ts";

const organisation = {
  slug: "kestrel",
  name: "Kestrel",
  about: "It flies.",
  contacts: ["a@b.example"],
  timeZone: "UTC",
};

const item = <K extends Kind>(kind: K, input: InputOf<K>, revision = 1): DraftItem =>
  ({ kind, item: { ...(kinds[kind].parse(input) as object), revision } }) as unknown as DraftItem;
const body = (...items: DraftItem[]): ReleaseBody => releaseBody(draftOf(items), organisation as never);

const words = (before: ReleaseBody, after: ReleaseBody) => differenceInWords(differenceOf(before, after));

describe("the difference of two releases", () => {
  it("names labels that moved first, of items and of their parts, then what is gone, new and changed", () => {
    const part = (maturity: "beta" | "enforced") => ({ id: "tpm", title: "TPM", label: { maturity } });
    const before = body(
      item("claims", claim("disk", { parts: [part("beta")] })),
      item("claims", claim("tls", { label: { maturity: "shipped", qualifier: "for module mounts" } })),
      item("claims", claim("gone")),
    );
    const after = body(
      item("claims", claim("disk", { parts: [part("enforced")], statement: "It is so since spring." }), 2),
      item("claims", claim("tls", { label: null }), 2),
      item("claims", claim("new")),
    );
    expect(words(before, after)).toEqual([
      "The claim “Claim disk”, tpm: from beta to enforced.",
      "The claim “Claim tls”: no longer labelled; it was shipped (for module mounts).",
      "The claim “Claim gone” is gone.",
      "The claim “Claim new” is new.",
      "The claim “Claim disk”: statement changed.",
    ]);
    expect(differenceOf(before, after).moved[0]).toEqual({
      ...{ kind: "claims", id: "disk", title: "Claim disk", pointer: "/parts/tpm/label" },
      ...{ before: { maturity: "beta" }, after: { maturity: "enforced" } },
    });
  });

  it("goes into lists whose elements have ids, and names a field by them", () => {
    const caveat = (id: string, summary: string) => ({ id, summary });
    const before = body(item("claims", claim("a", { caveats: [caveat("x", "Not yet."), caveat("y", "Never.")] })));
    const after = body(item("claims", claim("a", { caveats: [caveat("y", "Never."), caveat("x", "Nearly.")] })));
    expect(differenceOf(before, after).changed).toEqual([
      {
        ...{ kind: "claims", id: "a", title: "Claim a" },
        fields: [{ pointer: "/caveats/x/summary", before: "Not yet.", after: "Nearly." }],
      },
    ]);
  });

  it("is nothing where only the numbers of revisions differ, or the order", () => {
    const one = body(item("claims", claim("a"), 1), item("claims", claim("b"), 1));
    const other = body(item("claims", claim("b"), 7), item("claims", claim("a"), 9));
    expect(words(one, other)).toEqual(["Nothing is different."]);
  });

  it("knows items by what they have of their own, whatever they are called", () => {
    const one = body(item("claims", claim("constructor")));
    expect(words(body(), one)).toEqual(["The claim “Claim constructor” is new."]);
    expect(words(one, body())).toEqual(["The claim “Claim constructor” is gone."]);
  });

  it("tells of the organisation too", () => {
    const renamed = { ...body(), organisation: { ...body().organisation, name: "Kestrel Works" } };
    expect(words(body(), renamed)).toEqual(["The organisation “Kestrel Works”: name changed."]);
  });
});
