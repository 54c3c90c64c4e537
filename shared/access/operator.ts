/** Operators of the service: people whom its own OpenID provider puts into the group `platform`. They have no access to a tenant by that. */
import { Failure } from "#shared/failure.ts";
import type { Subject } from "#shared/store/members.ts";
import type { TokenRules } from "./caller.ts";
import { refusal } from "./credential.ts";
import type { KeysOf } from "./issuer-keys.ts";
import { KeysUnavailable, readToken } from "./signed-token.ts";

const operators = "platform";

export interface OperatorRules {
  readonly tokens: TokenRules;
  readonly keysOf: KeysOf;
  /** The claim that lists somebody's groups: `groups` (RFC 9068 section 2.2.3.1), or what the provider calls it. */
  readonly groupsClaim: string;
  readonly now: () => Date;
}

/**
 * Tells which operator asks. A machine token of a tenant, and a token of a provider that a tenant brought, are no credentials here.
 * @throws Failure `unauthenticated`; `forbidden` for everybody else of this provider; `unavailable`
 */
export async function identifyOperator(rules: OperatorRules, credential: string): Promise<Subject> {
  const { issuer, audience } = rules.tokens;
  const wanted = { issuer, audiences: [audience], findKey: rules.keysOf(rules.tokens) };
  const claims = await readToken(credential, wanted, rules.now()).catch((error: unknown) => {
    if (!(error instanceof KeysUnavailable)) throw error;
    throw new Failure("unavailable", "The OpenID provider's keys can't be fetched now. Try again shortly.", {
      cause: error,
    });
  });
  if (!claims) throw refusal();
  const groups = claims[rules.groupsClaim];
  if (!Array.isArray(groups) || !groups.includes(operators))
    throw new Failure(
      "forbidden",
      "This is for the operators of the service. What is a tenant's lies below its own path.",
    );
  return { issuer, subject: claims.sub };
}
