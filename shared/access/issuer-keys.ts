/** Where the keys of an OpenID provider come from: an address that is configured, or one that the provider names. */
import type { JSONWebKeySet } from "jose";
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { DocumentRefused, type FetchDocument } from "./fetch-document.ts";
import { keptKeySet } from "./key-set.ts";
import type { FindKey } from "./signed-token.ts";

/** A provider, and where its keys are if that is known. */
export interface KeySource {
  readonly issuer: string;
  readonly jwksUrl?: string | undefined;
}

/** The keys of any provider, each fetched once and kept. */
export type KeysOf = (source: KeySource) => FindKey;

export interface KeyFetching {
  readonly fetchDocument: FetchDocument;
  readonly now: () => Date;
}

/** How many providers are remembered; beyond that the one that was not asked for the longest is fetched again. */
const keptAtMost = 200;

export function issuerKeys({ fetchDocument, now }: KeyFetching): KeysOf {
  const kept = new Map<string, FindKey>();
  return ({ issuer, jwksUrl }) => {
    const name = JSON.stringify([issuer, jwksUrl]);
    const findKey = kept.get(name) ?? keptKeySet(() => loadKeys(fetchDocument, { issuer, jwksUrl }), now);
    // The order of a Map is that of insertion.
    kept.delete(name);
    kept.set(name, findKey);
    const [oldest] = kept.keys();
    if (kept.size > keptAtMost && oldest !== undefined) kept.delete(oldest);
    return findKey;
  };
}

/**
 * Fetches the keys of a provider that is about to be configured, so that a fault shows now and not at the first login.
 * @throws Failure `invalid` that says what is wrong with the address
 */
export async function requireReadableKeys(fetchDocument: FetchDocument, source: KeySource): Promise<void> {
  try {
    await loadKeys(fetchDocument, source);
  } catch (error) {
    const detail =
      error instanceof DocumentRefused ? error.message : "What the server answers is not what OpenID Connect wants.";
    const pointer = source.jwksUrl === undefined ? "/issuer" : "/jwksUrl";
    throw new Failure("invalid", `The keys of this issuer can't be read. ${detail}`, {
      faults: [{ pointer, detail }],
      cause: error,
    });
  }
}

const Discovered = z.looseObject({ issuer: z.string(), jwks_uri: z.url() });
const KeySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

async function loadKeys(fetchDocument: FetchDocument, { issuer, jwksUrl }: KeySource): Promise<JSONWebKeySet> {
  const url = jwksUrl ?? (await discover(fetchDocument, issuer));
  return KeySet.parse(await fetchJson(fetchDocument, url));
}

/** OpenID Connect Discovery 1.0 section 4: the document must name the very issuer that it was asked for. */
async function discover(fetchDocument: FetchDocument, issuer: string): Promise<string> {
  const document = Discovered.parse(
    await fetchJson(fetchDocument, `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`),
  );
  if (document.issuer !== issuer) throw new Error("The discovery document is that of another issuer.");
  return document.jwks_uri;
}

const fetchJson = async (fetchDocument: FetchDocument, url: string): Promise<unknown> =>
  JSON.parse(Buffer.from(await fetchDocument(new URL(url))).toString("utf8"));
