import * as z from "zod";

/**
 * Scopes as they are stored: names of permissions. One that is no permission any more grants nothing; what may be given stands in
 * `shared/access/scopes.ts`.
 */
export const ScopeNames = z.array(z.string().regex(/^[a-z]+\.[a-z]+$/)).min(1);
