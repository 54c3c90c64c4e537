import { describe, expect, it } from "vitest";
import { demoContents } from "#infra/local/demo/contents.ts";
import { checkDraft } from "#shared/posture/check-draft.ts";
import { countPosture } from "#shared/posture/counts.ts";
import { Day } from "#shared/posture/day.ts";
import { derivedScope } from "#shared/posture/derived-scope.ts";
import { type Draft, type DraftItem, draftOf } from "#shared/posture/draft.ts";
import { gapsOf } from "#shared/posture/gaps.ts";
import { kindNames } from "#shared/posture/kind-names.ts";
import { type Kind, kinds } from "#shared/posture/kinds.ts";
import { gateResult } from "#shared/posture/overdue.ts";
import { valueAt } from "./facts/fact.ts";
import { policyFacts } from "./facts/policies.ts";

const today = Day.parse("2026-11-20");

function draftOfDemo(tenant: string): Draft {
  const content = demoContents[tenant] ?? {};
  return draftOf(
    kindNames.flatMap((kind) =>
      (content[kind] ?? []).map(
        (input) => ({ kind, item: { ...kinds[kind as Kind].parse(input), revision: 1 } }) as unknown as DraftItem,
      ),
    ),
  );
}

describe.each(Object.entries(policyFacts))("the posture of %s", (tenant, facts) => {
  const draft = draftOfDemo(tenant);

  it("can be published as it is", () => {
    expect(checkDraft(draft, today)).toEqual([]);
  });

  it.each(facts)("states %s at %s", (_, pointer, value) => {
    const found = valueAt(draft.content, pointer);
    if (typeof value === "string") expect(found).toContain(value);
    else expect(found).toEqual(value);
  });
});

describe("in November 2026", () => {
  it("two exceptions of fluxheim are overdue, and its gate is shut", () => {
    expect(gateResult(draftOfDemo("fluxheim").content, today, "exceptions")).toEqual({
      pass: false,
      overdue: [
        expect.objectContaining({ id: "protobuf", dueOn: "2026-08-01", daysOverdue: 111 }),
        expect.objectContaining({ id: "derivative", dueOn: "2026-11-01", daysOverdue: 19 }),
      ],
    });
  });

  it("powernode was confirmed five months ago, and its agents' controls never", () => {
    const { content } = draftOfDemo("powernode");
    expect(countPosture(content, today)).toMatchObject({
      claims: 6,
      standing: { enforced: 3, shipped: 2, mixed: 1, partial: 0 },
      age: { fresh: 0, overdue: 5, undated: 1 },
      gaps: 6,
    });
  });

  it("nothing of hearth is labelled or dated", () => {
    expect(countPosture(draftOfDemo("hearth").content, today)).toMatchObject({
      standing: { unlabelled: 7 },
      age: { undated: 7 },
      risks: 6,
    });
  });
});

describe("what powernode concedes", () => {
  it("is said by its claims and by itself, and nowhere a second time", () => {
    expect(gapsOf(draftOfDemo("powernode").content).map(({ from }) => `${from.id} ${from.caveat ?? ""}`)).toEqual([
      "module-verification unsigned-artefacts",
      "module-verification scripts-unverified",
      "module-verification no-transparency-log",
      "supply-chain no-reject-on-install",
      "agent-controls pattern-based",
      "powernode small-team",
    ]);
  });

  it("leaves what is Enforced in scope, by name", () => {
    expect(derivedScope(draftOfDemo("powernode").content).in.map(({ title }) => title)).toEqual([
      "Identity and enrolment of nodes",
      "Verification of modules",
      "Read-only file system of modules",
      "Kill switch",
    ]);
  });
});
