import type { ProblemSet } from "./problem.ts";

/** Of a longer list the newest are kept: they stand last (RFC 5322 §3.6.4). */
export const MAX_MESSAGE_IDS = 100;
const MAX_LENGTH = 256 * 1024;
const bracketed = /<([\x21-\x3b\x3d\x3f-\x7e]{1,998})>/g;

/**
 * The ids of Message-ID, In-Reply-To or References, without angle brackets, oldest first. Ids that hold white space, control
 * or 8-bit characters are not taken, so each is safe to write into a header again. Where no id has brackets, words with an `@`
 * are taken, or the only word.
 */
export function readMessageIds(value: string, problems: ProblemSet): string[] {
  const kept = value.slice(-MAX_LENGTH);
  const found = [...kept.matchAll(bracketed)].map((match) => match[1] as string);
  const ids = found.length > 0 || kept.includes("<") ? found : bareIds(kept);
  if (ids.length > MAX_MESSAGE_IDS || kept.length < value.length) problems.add("too-many-references");
  return ids.slice(-MAX_MESSAGE_IDS);
}

function bareIds(value: string): string[] {
  const words = value.split(/\s+/).filter((word) => /^[\x21-\x7e]{1,998}$/.test(word));
  return words.length === 1 ? words : words.filter((word) => word.includes("@"));
}
