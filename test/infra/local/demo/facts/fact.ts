/** One fact that a real policy states, and where in a posture it has to stand. */

/**
 * What it is; where it stands, as a pointer into the content of a draft or a release (RFC 6901); and what stands there: a text that
 * is a part of the one found, or any other value, which is equal to it.
 */
export type Fact = readonly [
  what: string,
  pointer: string,
  value: string | number | boolean | null | readonly string[],
];

/** Facts that stand in a row of a list: `at` is followed by the place in it. */
export const each = (what: string, at: (place: number) => string, values: readonly string[]): readonly Fact[] =>
  values.map((value, place) => [`${what}: ${value}`, at(place), value] as const);

/** What a pointer leads to; `undefined` where it leads nowhere. */
export function valueAt(content: unknown, pointer: string): unknown {
  let at = content;
  for (const part of pointer.slice(1).split("/"))
    at =
      typeof at === "object" && at !== null && Object.hasOwn(at, part)
        ? (at as Record<string, unknown>)[part]
        : undefined;
  return at;
}
