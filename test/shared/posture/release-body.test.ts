import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draftOf } from "#shared/posture/draft.ts";
import { readReleaseBody } from "#shared/posture/read-release-body.ts";
import { releaseBody, releaseBytes } from "#shared/posture/release-body.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { aClaim, anItem } from "./a-draft.ts";

const organisation = {
  slug: TenantId.parse("hearth"),
  name: "Hearth",
  about: "It manages desktops.",
  contacts: ["security@hearth.example"],
  timeZone: "Europe/Berlin",
};
const items = [
  aClaim({ id: "open", source: { path: "SECURITY.md" } }),
  aClaim({ id: "closed", title: "Not to be told", visibility: "internal" }),
  anItem("risks", { id: "cors", title: "CORS", kind: "gap", statement: "Any origin may ask." }),
  anItem("policies", { id: "top", title: "Top", component: "All", statement: "The policy." }),
];

describe("the body of a release", () => {
  it("holds what is public and nothing of what is internal", () => {
    const body = releaseBody(draftOf(items), organisation);
    expect(Object.keys(body.content.claims)).toEqual(["open"]);
    expect(Buffer.from(releaseBytes(body)).toString()).not.toContain("Not to be told");
  });

  it("is the same bytes in whatever order the items came", () => {
    const expected = releaseBytes(releaseBody(draftOf(items), organisation));
    void fc.assert(
      fc.property(fc.shuffledSubarray(items, { minLength: items.length }), (shuffled) => {
        expect(releaseBytes(releaseBody(draftOf(shuffled), organisation))).toEqual(expected);
      }),
    );
  });

  it("is read back as it was", () => {
    const body = releaseBody(draftOf(items), organisation);
    expect(readReleaseBody(releaseBytes(body))).toEqual(body);
  });

  it("of an older format without a kind reads as having none of it", () => {
    const { content, ...rest } = releaseBody(draftOf(items), organisation);
    const { tools: _, ...older } = content;
    expect(readReleaseBody(Buffer.from(JSON.stringify({ ...rest, content: older }))).content.tools).toEqual({});
  });

  it("in an unknown format is not read", () => {
    expect(() => readReleaseBody(Buffer.from('{"format":"candor-release/2"}'))).toThrow("not known");
  });
});
