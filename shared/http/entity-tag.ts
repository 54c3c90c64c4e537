/** Strong validators (RFC 9110 section 8.8.3) of things that count their revisions. */
import { Failure } from "#shared/failure.ts";

export const tagOf = (revision: number): string => `"${String(revision)}"`;

/** @throws Failure `stale` where `If-Match` names another state of the thing than the one it has */
export function requireMatch(ifMatch: string | undefined, revision: number): void {
  if (ifMatch === undefined || ifMatch === "*" || ifMatch === tagOf(revision)) return;
  throw new Failure("stale", "This was changed since you read it. Read it again, then decide anew.");
}
