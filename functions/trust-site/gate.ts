import type { Content } from "#shared/posture/content.ts";
import type { Day } from "#shared/posture/day.ts";
import { gateResult } from "#shared/posture/overdue.ts";
import type { ShownRelease } from "./view.ts";

/**
 * What a CI asks before it goes on: 200 where nothing is past its day, 409 where something is. `only` narrows it to `exceptions`
 * or `claims`; anything else is not taken for a wish to look at less.
 */
export function gateAnswer(content: Content, { release }: ShownRelease, day: Day, only: string | null) {
  const narrowed = only === "exceptions" || only === "claims" ? only : undefined;
  const { pass, overdue } = gateResult(content, day, narrowed);
  const facts = { pass, day, release, only: narrowed ?? null, overdue };
  return { status: pass ? 200 : 409, text: `${JSON.stringify(facts)}\n` };
}
