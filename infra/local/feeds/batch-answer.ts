import * as z from "zod";

const batchAnswer = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) });

/**
 * Which items of a batch failed, by a door's partial batch answer. As on Lambda an answer of another shape, or null, means that
 * all went well, and one that names an unknown item that all failed.
 */
export function failedItems(answer: unknown, identifiers: readonly string[]): ReadonlySet<string> {
  const { success, data } = batchAnswer.safeParse(answer);
  if (!success) return new Set();
  const failed = new Set(data.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const known = [...failed].every((identifier) => identifiers.includes(identifier));
  return known ? failed : new Set(identifiers);
}
