/** What can be wrong with an item that its schema can't see: names within it, and days that have not come yet. */
import type { Fault } from "#shared/failure.ts";
import type { Day } from "./day.ts";
import { type ItemOf, type Kind, kinds } from "./kinds.ts";
import { danglingTranslations, inLanguage } from "./translation.ts";

/** Characters that an item has at most as JSON: at three bytes each that still is less than the table takes. */
const largest = 120_000;

/** Faults of one item, with pointers into it. `today`: the day in the tenant's zone. */
export function checkItem<K extends Kind>(kind: K, item: ItemOf<K>, today: Day): readonly Fault[] {
  if (JSON.stringify(item).length > largest)
    return [{ pointer: "", detail: `is larger than ${String(largest)} characters as JSON: divide it` }];
  return [
    ...namesTwice(item, ""),
    ...(within[kind]?.(item) ?? []),
    ...(past[kind]?.(item) ?? []).flatMap(([pointer, day]) =>
      day !== undefined && day > today
        ? [{ pointer, detail: "lies in the future: it says what has already happened" }]
        : [],
    ),
    ...translationFaults(kind, item),
  ];
}

/** Lists whose members have ids name each of them once. */
function namesTwice(value: unknown, pointer: string): Fault[] {
  if (typeof value !== "object" || value === null) return [];
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const [name, member] of Object.entries(value)) {
    const at = `${pointer}/${name}`;
    if (Array.isArray(value) && typeof member === "object" && member !== null && "id" in member) {
      if (seen.has(String(member.id)))
        faults.push({ pointer: `${at}/id`, detail: "is taken by an earlier one in this list" });
      seen.add(String(member.id));
    }
    faults.push(...namesTwice(member, at));
  }
  return faults;
}

/** References of an item to parts of itself. */
const within: { readonly [K in Kind]?: (item: ItemOf<K>) => Fault[] } = {
  claims(claim) {
    const known = new Set(claim.evidence.map(({ id }) => id));
    const missing = (pointer: string, ids: readonly string[]): Fault[] =>
      ids.flatMap((id, at) =>
        known.has(id)
          ? []
          : [{ pointer: `${pointer}/evidence/${String(at)}`, detail: "names evidence that the claim does not have" }],
      );
    const inCaveats = (pointer: string, caveats: ItemOf<"claims">["caveats"]): Fault[] =>
      caveats.flatMap((caveat, at) => missing(`${pointer}/caveats/${String(at)}`, caveat.evidence));
    return [
      ...inCaveats("", claim.caveats),
      ...claim.parts.flatMap((part, at) => [
        ...missing(`/parts/${String(at)}`, part.evidence),
        ...inCaveats(`/parts/${String(at)}`, part.caveats),
      ]),
    ];
  },
  layers({ flow }) {
    const strange = (pointer: string, party: string | undefined): Fault[] =>
      party === undefined || flow?.parties.includes(party)
        ? []
        : [{ pointer, detail: "is none of the parties of this flow" }];
    return (flow?.steps ?? []).flatMap(({ from, to }, at) => [
      ...strange(`/flow/steps/${String(at)}/from`, from),
      ...strange(`/flow/steps/${String(at)}/to`, to),
    ]);
  },
};

/** Days of things that are said to have happened. */
const past: { readonly [K in Kind]?: (item: ItemOf<K>) => (readonly [pointer: string, day: Day | undefined])[] } = {
  claims: ({ confirmation, history }) => [
    ["/confirmation/on", confirmation?.on],
    ...history.map(({ on }, at) => [`/history/${String(at)}/on`, on] as const),
  ],
  exceptions: ({ reviews }) => reviews.map(({ on }, at) => [`/reviews/${String(at)}/on`, on] as const),
  checks: ({ lastRun }) => [["/lastRun/on", lastRun?.on]],
  credits: ({ on }) => [["/on", on]],
};

/** A translation replaces texts that are there, by texts that the kind takes. */
function translationFaults<K extends Kind>(kind: K, item: ItemOf<K>): Fault[] {
  const dangling = danglingTranslations(item).map((pointer) => ({ pointer, detail: "names no text of this item" }));
  if (dangling.length > 0) return dangling;
  return Object.keys(item.translations ?? {}).flatMap((language) => {
    const parsed = kinds[kind].safeParse(inLanguage(item, language));
    return (parsed.error?.issues ?? []).map(({ path, message }) => ({
      pointer: `/translations/${language}/${path.map((part) => `~1${String(part)}`).join("")}`,
      detail: message,
    }));
  });
}
