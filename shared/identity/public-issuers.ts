/**
 * Issuers from which everybody can get a token. A rule for one of them says whose token it wants, or a stranger's job that
 * happens to have the same branch name fits as well.
 */

interface Owners {
  /** Whether a claim that is this, or begins like this, can be one owner's alone. */
  names(claim: string, beginning: { readonly text: string; readonly whole: boolean }): boolean;
  /** What to say to whoever wrote a rule without one. */
  readonly reason: string;
}

/** The owner's name in full alone: no beginning of it says whose it is. */
const inFull = /^$/;

/**
 * Of each issuer: the claims that say whose a token is, and how far a pattern must reach in them. A claim that names a shared
 * workflow is not among them: whoever calls it has it.
 */
const table: Readonly<Record<string, { readonly claims: Readonly<Record<string, RegExp>>; readonly example: string }>> =
  {
    // https://docs.github.com/en/actions/reference/security/oidc
    "https://token.actions.githubusercontent.com": {
      claims: {
        repository: /^[^/]+\//,
        sub: /^repo:[^/:]+\//,
        workflow_ref: /^[^/]+\//,
        repository_id: inFull,
        repository_owner: inFull,
        repository_owner_id: inFull,
      },
      example: '"repository": "acme/app"',
    },
    // https://docs.gitlab.com/ci/secrets/id_token_authentication/
    "https://gitlab.com": {
      claims: {
        project_path: /^[^/]+\//,
        sub: /^project_path:[^/]+\//,
        namespace_path: /^[^/]+\//,
        project_id: inFull,
        namespace_id: inFull,
      },
      example: '"project_path": "acme/app"',
    },
    // https://buildkite.com/docs/pipelines/security/oidc
    "https://agent.buildkite.com": {
      claims: { sub: /^organization:[^:]+:/, organization_slug: inFull, organization_id: inFull },
      example: '"organization_slug": "acme"',
    },
    "https://accounts.google.com": { claims: { sub: inFull }, example: '"sub": "104892736451234567890"' },
  };

/** What a rule for this issuer must name; `undefined` for an issuer that is one organisation's own, as far as is known. */
export function ownersOf(issuer: string): Owners | undefined {
  const known = table[issuer.replace(/\/$/, "")];
  if (!known) return undefined;
  return {
    names: (claim, { text, whole }) =>
      Object.hasOwn(known.claims, claim) && (whole || (known.claims[claim]?.test(text) ?? false)),
    reason: `Everybody gets tokens of this issuer, so the rule must say whose it wants: one of ${Object.keys(known.claims).join(", ")} in full, or by a pattern that goes beyond the owner's name and what ends it. For example ${known.example}.`,
  };
}
