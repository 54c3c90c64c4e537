/** Changes of JSON by JSON merge patch (RFC 7396). */
import { invalid } from "./validate.ts";

/** Deeper than anything the API keeps, and far from what the stack holds. */
const deepest = 40;

/**
 * The value after the patch: members of objects are replaced one by one, `null` takes one away, everything else takes the place of
 * what was there. @throws Failure `invalid` where the patch is nested beyond any thing it could be for
 */
export function mergePatch(target: unknown, patch: unknown, depth = 0): unknown {
  if (!isObject(patch)) return patch;
  if (depth > deepest) throw invalid([{ pointer: "", detail: "is nested too deeply" }]);
  const members = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, mergePatch(members.get(name), value, depth + 1));
  }
  // Not by assignment: a member may be called `__proto__`.
  return Object.fromEntries(members);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
