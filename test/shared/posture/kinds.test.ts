import { describe, expect, it } from "vitest";
import { type Kind, kinds } from "#shared/posture/kinds.ts";

const faults = (kind: Kind, input: unknown): string[] =>
  (kinds[kind].safeParse(input).error?.issues ?? []).map(
    ({ path, message }) => `${path.map((part) => `/${String(part)}`).join("")}: ${message}`,
  );

const claim = { id: "mtls", title: "Identity of nodes", section: "Identity", statement: "Nodes prove who they are." };
const exception = {
  id: "protobuf",
  title: "protobuf",
  advisory: "RUSTSEC-2024-0437",
  package: "protobuf",
  version: "2.28.0",
  kind: "vulnerable",
  whyNoUpgrade: "The framework pins it.",
  whyUnreachable: "Nothing here reads protobuf.",
  removalCondition: "The framework no longer brings it in.",
  review: { on: "2026-08-01", enforced: true },
  tracking: { tool: "cargo-deny", file: "deny.toml" },
};

describe("items", () => {
  it("get what was left out", () => {
    expect(kinds.claims.parse(claim)).toMatchObject({
      visibility: "public",
      label: null,
      confirmation: null,
      reviewEvery: "P90D",
      caveats: [],
      evidence: [],
    });
  });

  it("have no field that is not known", () => {
    expect(faults("claims", { ...claim, colour: "red" })).toEqual([': Unrecognized key: "colour"']);
    expect(faults("claims", { ...claim, label: { maturity: "enforced", sure: true } })[0]).toContain("/label");
  });

  it("have ids of lower-case letters, digits and hyphens", () => {
    for (const id of ["A", "a.b", "-a", "a#b", "ä", "", "x".repeat(65)])
      expect(faults("claims", { ...claim, id })[0], id).toMatch(/^\/id: /);
  });

  it("have a label of the four, possibly qualified", () => {
    expect(faults("claims", { ...claim, label: { maturity: "enforced", qualifier: "for module mounts" } })).toEqual([]);
    expect(faults("claims", { ...claim, label: { maturity: "done" } })[0]).toContain("/label/maturity");
  });

  it("have texts and paths that are safe wherever they stand", () => {
    const evidence = [{ id: "a", kind: "source-path", path: "../x", proves: "<b>much</b>" }];
    expect(faults("claims", { ...claim, evidence, title: "a\u202eb" })).toEqual([
      expect.stringMatching(/^\/title: .*bidirectional/),
      expect.stringMatching(/^\/evidence\/0\/proves: holds HTML/),
      expect.stringMatching(/^\/evidence\/0\/path: /),
    ]);
  });
});

describe("an exception", () => {
  it("is taken whole", () => {
    expect(faults("exceptions", exception)).toEqual([]);
  });

  it.each([
    ["removalCondition", { removalCondition: undefined }],
    ["removalCondition", { removalCondition: "  " }],
    ["whyNoUpgrade", { whyNoUpgrade: undefined }],
    ["whyUnreachable", { whyUnreachable: undefined }],
    ["review/on", { review: { enforced: true } }],
  ])("is not saved without %s", (field, change) => {
    expect(faults("exceptions", { ...exception, ...change })[0]).toMatch(new RegExp(`^/${field}: `));
  });

  it("for what is only unmaintained needs no reason why it is unreachable", () => {
    expect(
      faults("exceptions", { ...exception, kind: "unmaintained", whyNoUpgrade: undefined, whyUnreachable: undefined }),
    ).toEqual([]);
  });
});

describe("what belongs together", () => {
  it("is asked for", () => {
    expect(faults("scope", { id: "a", title: "A", direction: "out" })).toEqual([expect.stringContaining("/reason: ")]);
    expect(faults("channels", { id: "a", title: "A", kind: "mail", status: "conditional" })).toEqual([
      expect.stringContaining("/condition: "),
    ]);
  });
});
