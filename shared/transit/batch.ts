import { Failure, type FailureCode } from "#shared/failure.ts";
import { KeyUnavailable } from "#shared/sealing/vault.ts";

/** Items of one batch, and how many of them KMS is asked about at a time. */
export const mostBatchItems = 500;
const atOnce = 16;

export interface ItemFailure {
  readonly error: { readonly code: FailureCode; readonly detail: string };
}

/**
 * Works through the items, each with a result of its own in the order given: what fails on purpose fails alone. Anything else
 * fails the whole batch.
 */
export async function runBatch<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<readonly (Answer | ItemFailure)[]> {
  const results: (Answer | ItemFailure)[] = new Array(items.length);
  const left = items.entries();
  async function workOn(): Promise<void> {
    for (const [at, item] of left) results[at] = await work(item).catch(failureOf);
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, workOn));
  return results;
}

function failureOf(error: unknown): ItemFailure {
  if (error instanceof Failure) return { error: { code: error.code, detail: error.message } };
  if (error instanceof KeyUnavailable) return { error: { code: "unavailable", detail: error.message } };
  throw error;
}
