import type { Kind } from "#shared/posture/kinds.ts";

/**
 * Where an item, or a part of it, stands in its page. No id of an item has an underscore, so that no two have one anchor, and none that of
 * a heading.
 */
export const anchor = (kind: Kind, ...ids: readonly string[]): string => [kind, ...ids].join("_");
