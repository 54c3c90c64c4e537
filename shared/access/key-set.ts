/** The keys of one OpenID provider, kept and looked up by what a token's header names. */
import { createLocalJWKSet, errors, type JSONWebKeySet } from "jose";
import { type FindKey, KeysUnavailable } from "./signed-token.ts";

const minute = 60_000;
/** Keys are fetched again after this, so that one which was withdrawn stops to count. */
const freshFor = 10 * minute;
/** A provider that can't be reached does not stop its tokens at once: keys that were fetched count this long. */
const usableFor = 60 * minute;
/** However many tokens name keys that are unknown, and however often fetching fails: no more than one fetch in this time. */
const restFor = 10_000;

/** Keeps a key set. `load` fetches it, and may throw whatever it likes. */
export function keptKeySet(load: () => Promise<JSONWebKeySet>, now: () => Date): FindKey {
  let find: FindKey | undefined;
  let loadedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let loading: Promise<void> | undefined;

  const age = (): number => now().getTime() - loadedAt;
  const mayTry = (): boolean => now().getTime() - triedAt >= restFor;

  async function reload(): Promise<void> {
    triedAt = now().getTime();
    try {
      find = createLocalJWKSet(await load());
      loadedAt = triedAt;
    } catch (error) {
      failure = error;
    } finally {
      loading = undefined;
    }
  }
  const refresh = (): Promise<void> => {
    if (!loading && mayTry()) loading = reload();
    return loading ?? Promise.resolve();
  };

  return async (header, token) => {
    if (age() >= freshFor) await refresh();
    if (!find || age() >= usableFor)
      throw new KeysUnavailable("The keys of the OpenID provider can't be fetched now.", { cause: failure });
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      return find(header, token);
    }
  };
}
