/** Entity tags of things that count their revisions (RFC 9110 section 8.8.3), and changes that name one. */
import { Failure } from "#shared/failure.ts";

/** A strong validator. */
export const tagOf = (revision: number): string => `"${String(revision)}"`;

/**
 * That a change is of the state that whoever asks has seen. Without `If-Match` it is of any: where it has to be given, the
 * frame has seen to it. A weak tag never matches (RFC 9110 section 13.1.1). @throws Failure `stale`
 */
export function requireMatch(ifMatch: string | undefined, revision: number): void {
  if (ifMatch === undefined || ifMatch.trim() === "*") return;
  const given = ifMatch.split(",").map((tag) => tag.trim());
  if (!given.includes(tagOf(revision)))
    throw new Failure("stale", "It was changed since you read it. Read it again, then decide anew.");
}
