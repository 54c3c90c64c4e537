import type { Rendered } from "./representations.ts";

/** What was rendered lately, by its name; what nobody asked for longest goes first. A name never comes to mean other bytes. */
export interface RenderedCache {
  find(name: string): Rendered | undefined;
  keep(name: string, rendered: Rendered): void;
}

/** @param mostBytes of all texts together; with their compressed forms and base64 they take up to twice that */
export function renderedCache(mostBytes: number): RenderedCache {
  const kept = new Map<string, Rendered>();
  let total = 0;
  return {
    find(name) {
      const found = kept.get(name);
      if (found) {
        kept.delete(name);
        kept.set(name, found);
      }
      return found;
    },
    keep(name, rendered) {
      if (rendered.bytes > mostBytes || kept.has(name)) return;
      kept.set(name, rendered);
      total += rendered.bytes;
      for (const [oldest, { bytes }] of kept) {
        if (total <= mostBytes) break;
        kept.delete(oldest);
        total -= bytes;
      }
    },
  };
}
