/** The sentence of a reason that says when an exception ends. */

/** "Remove when ...", "Remove it once ...", "Drop the entry as soon as ...": an order to end it, and its condition. */
const ends = /^(?:remove|drop|delete)\b.*\b(?:when|once|after|as soon as|if)\b/i;

/** Divides a reason: the condition of removal, if a sentence is one, and all else. */
export function splitReason(reason: string): { readonly removalCondition?: string; readonly rest: string } {
  const sentences = sentencesOf(reason);
  const found = sentences.filter((sentence) => ends.test(sentence));
  const rest = sentences.filter((sentence) => !ends.test(sentence)).join(" ");
  return found.length > 0 ? { removalCondition: found.join(" "), rest } : { rest };
}

/** A full stop ends a sentence where white space and a capital letter, or a code span, follow. */
const sentencesOf = (text: string): string[] =>
  text
    .split(/(?<=[.!?;])\s+(?=[\p{Lu}`])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
