/** The parts a trust center may have, in the order that its foot lists them. */
import { type Content, itemsOf } from "#shared/posture/content.ts";
import { derivedScope } from "#shared/posture/derived-scope.ts";
import type { Kind } from "#shared/posture/kinds.ts";
import type { Words } from "./words/words.ts";

export interface Part {
  readonly name: keyof Words["parts"];
  readonly path: string;
  readonly exists: (content: Content) => boolean;
}

const always = () => true;
const any =
  (...kinds: readonly Kind[]) =>
  (content: Content) =>
    kinds.some((kind) => itemsOf(content, kind).length > 0);

export const parts: readonly Part[] = [
  { name: "posture", path: "/", exists: always },
  { name: "gaps", path: "/gaps", exists: always },
  { name: "policy", path: "/policy", exists: always },
  { name: "scope", path: "/scope", exists: (content) => any("scope")(content) || hasDerivedScope(content) },
  { name: "support", path: "/support", exists: any("support", "release-duties") },
  { name: "risks", path: "/risks", exists: any("risks") },
  { name: "exceptions", path: "/exceptions", exists: any("exceptions") },
  { name: "threatModel", path: "/threat-model", exists: any("threat-models", "surfaces", "layers", "tokens") },
  { name: "checks", path: "/checks", exists: any("checks", "tools") },
  { name: "hardening", path: "/hardening", exists: any("hardening") },
  { name: "policies", path: "/policies", exists: any("policies") },
  { name: "thanks", path: "/thanks", exists: always },
  { name: "releases", path: "/releases", exists: always },
  { name: "search", path: "/search", exists: always },
];

function hasDerivedScope(content: Content): boolean {
  const derived = derivedScope(content);
  return derived.in.length + derived.out.length > 0;
}
