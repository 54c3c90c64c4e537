import { hash } from "node:crypto";
import type { PublicEntry } from "#shared/ledger/public-entry.ts";
import { keyThumbprint, readSpki } from "#shared/signing/public-key.ts";
import type { KeyUse, SigningKey, SigningKeyVersion } from "#shared/signing/signing-key.ts";
import { type KeyOwner, platform } from "#shared/store/keys.ts";

/** All that the public log is to know of a key: the beginning of each version, and its end once the next one is made. */
export function keyEntries(owner: KeyOwner, use: KeyUse, { versions }: SigningKey): readonly PublicEntry[] {
  return versions.flatMap((version, place) => {
    const about = { v: 1 as const, ...(owner === platform ? {} : { tenant: owner }), use, ...identity(version) };
    const { createdAt, usedFrom, retiredAt } = version;
    const added: PublicEntry = { kind: "key.added", ...about, at: createdAt, usedFrom };
    const next = versions[place + 1];
    if (retiredAt === undefined || next === undefined) return [added];
    return [added, { kind: "key.retired", ...about, at: next.createdAt, retiredAt }];
  });
}

function identity({ spki }: SigningKeyVersion) {
  return { kid: keyThumbprint(readSpki(spki)), spki: `sha256:${hash("sha256", spki)}` };
}
