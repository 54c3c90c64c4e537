/** Where an item names another one. */
import type { ItemOf, Kind } from "./kinds.ts";

/** `pointer` leads into the item (RFC 6901). */
export interface Reference {
  readonly pointer: string;
  readonly kind: Kind;
  readonly id: string;
}

const listed = (pointer: string, kind: Kind, ids: readonly string[]): Reference[] =>
  ids.map((id, at) => ({ pointer: `${pointer}/${String(at)}`, kind, id }));
const single = (pointer: string, kind: Kind, id: string | null | undefined): Reference[] =>
  id === undefined || id === null ? [] : [{ pointer, kind, id }];

const referencesOf: { readonly [K in Kind]?: (item: ItemOf<K>) => Reference[] } = {
  claims: ({ evidence }) =>
    evidence.flatMap((piece, at) =>
      piece.kind === "check-run" ? single(`/evidence/${String(at)}/check`, "checks", piece.check) : [],
    ),
  risks: ({ claims }) => listed("/claims", "claims", claims),
  layers: ({ claims }) => listed("/claims", "claims", claims),
  surfaces: ({ threatModel, mitigations }) => [
    ...single("/threatModel", "threat-models", threatModel),
    ...mitigations.flatMap(({ claim }, at) => single(`/mitigations/${String(at)}/claim`, "claims", claim)),
  ],
  hardening: ({ steps }) => steps.flatMap(({ claim }, at) => single(`/steps/${String(at)}/claim`, "claims", claim)),
  policies: ({ parent }) => single("/parent", "policies", parent),
  frameworks: ({ controls }) =>
    controls.flatMap(({ claims }, at) => listed(`/controls/${String(at)}/claims`, "claims", claims)),
};

/** What an item refers to outside itself. */
export function references<K extends Kind>(kind: K, item: ItemOf<K>): readonly Reference[] {
  return referencesOf[kind]?.(item) ?? [];
}
