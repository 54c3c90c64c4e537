import { html } from "hono/html";
import { itemsOf } from "#shared/posture/content.ts";
import { countPosture } from "#shared/posture/counts.ts";
import { daysBetween } from "#shared/posture/day.ts";
import { gapsOf } from "#shared/posture/gaps.ts";
import { maturities } from "#shared/posture/maturity.ts";
import { gateResult, type Overdue } from "#shared/posture/overdue.ts";
import { anchor } from "../design/anchor.ts";
import { lede, ledeText } from "../design/lede.ts";
import { key, standingName, strip } from "../design/strip.ts";
import type { Page } from "../page.ts";
import { checkSection, glance, releaseLine } from "../sections/at-a-glance.ts";
import { type ClaimFacts, claimEntry, claimFacts } from "../sections/claim-entry.ts";
import { frameworkFacts, frameworkSection } from "../sections/frameworks.ts";
import { gapEntry } from "../sections/gap-entry.ts";
import { heading } from "../sections/heading.ts";
import { labelDefinitions, labelSection } from "../sections/label-definitions.ts";
import { overdueSection } from "../sections/overdue-list.ts";
import type { View } from "../view.ts";
import type { Standing } from "../words/standing.ts";

/** The first page: what is claimed, how far it may be relied on, how old that is, and what is conceded. */
export function posturePage(view: View): Page {
  const { organisation, content, day, words, release, reportAddress, origin } = view;
  const claims = itemsOf(content, "claims").map((claim) => claimFacts(claim, view));
  const counts = countPosture(content, day);
  const overdue = {
    exceptions: gateResult(content, day, "exceptions").overdue,
    claims: gateResult(content, day, "claims").overdue,
  };
  const gaps = gapsOf(content);
  const facts = {
    slug: organisation.slug,
    name: organisation.name,
    about: organisation.about,
    day,
    release,
    report: { mail: reportAddress },
    check: `candor-verify ${origin}`,
    counts,
    overdue,
    claims,
    gaps,
    labels: labelDefinitions(view),
    frameworks: frameworkFacts(view),
  };
  const standing = standingOf(claims, facts, view);
  const sentence = words.lede(standing);
  return {
    title: `${organisation.name}: ${words.postureTitle}`,
    description: ledeText(sentence),
    facts,
    main: () => html`<h1>${words.postureTitle}</h1>
${lede(sentence)}
${releaseLine(view)}
${
  claims.length === 0
    ? ""
    : strip(
        claims.map((claim) => cellOf(claim)),
        words,
      )
}
${claims.length === 0 ? "" : key(counts.standing, counts.age.overdue, counts.age.undated, words)}
${glance(facts, view)}
${overdueSection(overdue.exceptions, view)}
${sectionsOf(claims).map(
  ([section, list], number) =>
    html`<section>${heading(`section-${String(number + 1)}`, section)}${list.map((claim) => claimEntry(claim, view))}</section>`,
)}
${gaps.length === 0 ? "" : html`<section>${heading("gaps", words.gapsTitle)}${gaps.map((gap) => gapEntry(gap, view))}</section>`}
${frameworkSection(facts.frameworks, view)}
${labelSection(facts.labels, view)}
${checkSection(view)}`,
  };
}

const cellOf = ({ id, title, standing, age }: ClaimFacts) => ({
  href: `#${anchor("claims", id)}`,
  title,
  standing,
  age: age.state,
});

/** Claims under their headings, both in the order that a reader meets them. */
function sectionsOf(claims: readonly ClaimFacts[]): (readonly [string, readonly ClaimFacts[]])[] {
  const sections = new Map<string, ClaimFacts[]>();
  for (const claim of claims) sections.set(claim.section, [...(sections.get(claim.section) ?? []), claim]);
  return [...sections];
}

interface Counted {
  readonly counts: ReturnType<typeof countPosture>;
  readonly overdue: { readonly exceptions: readonly Overdue[] };
}

function standingOf(claims: readonly ClaimFacts[], { counts, overdue }: Counted, { day, words }: View): Standing {
  const ages = claims.flatMap(({ age }) => (age.state === "overdue" ? [daysBetween(age.confirmedOn, day)] : []));
  return {
    claims: counts.claims,
    labels: [...maturities, "mixed" as const]
      .map((name) => ({ name: standingName(name, words), count: counts.standing[name] }))
      .filter(({ count }) => count > 0),
    unlabelled: counts.standing.unlabelled,
    gaps: counts.gaps,
    late: { count: ages.length, mostDays: Math.max(0, ...ages), leastDays: Math.min(...ages, Number.MAX_SAFE_INTEGER) },
    undated: counts.age.undated,
    overdueExceptions: {
      count: counts.overdueExceptions,
      mostDays: overdue.exceptions[0]?.daysOverdue ?? 0,
    },
  };
}
