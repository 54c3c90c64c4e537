/** Makes the keys that sign, and has each change of one logged before anything is signed with it. */
import { encodePublicEntry, leafName } from "#shared/ledger/public-entry.ts";
import {
  firstSigningKey,
  isOld,
  type MadeKey,
  rotateSigningKey,
  type SigningKey,
} from "#shared/signing/signing-key.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { publicLog } from "#shared/store/ledger.ts";
import { pendingKey, publicLogWrite } from "#shared/store/pending.ts";
import { type KeyPlace, platformKey, readSigningKey, storeSigningKey, tenantKey } from "#shared/store/signing-keys.ts";
import { GuardFailed, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { keyEntries } from "./key-entries.ts";
import type { LogKeeper } from "./logs.ts";
import type { NotaryPorts } from "./ports.ts";

export interface KeyKeeper {
  /** The tenant's key: made where there is none, with a further version where it is old. All of it is in the public log. */
  ofTenant(scope: TenantScope, request: string, now: Date): Promise<SigningKey>;
  /** The deployment's key, noted at first sight. @throws where it is not the one that was noted */
  ofPlatform(use: "checkpoints" | "receipts", now: Date): Promise<SigningKey>;
}

export function keyKeeper(ports: NotaryPorts, logs: LogKeeper): KeyKeeper {
  /** Where two make one at the same time, the first counts; the other KMS key signs nothing. */
  async function store(place: KeyPlace, before: SigningKey | undefined, after: SigningKey, beside: readonly Write[]) {
    const known = new Set(before ? namesOf(place, before) : []);
    const entries = keyEntries(place.owner, place.use, after);
    const fresh = entries.filter((entry) => !known.has(leafName(encodePublicEntry(entry))));
    try {
      await place.table.transact([storeSigningKey(place, before, after), ...fresh.map(publicLogWrite), ...beside]);
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
    }
    const stored = await readSigningKey(place);
    if (stored === undefined) throw new Error("A signing key that was just stored is gone: restore the table.");
    return stored;
  }

  /** Nothing is shown, and nothing signed with it, before the log has it. */
  async function logged(place: KeyPlace, key: SigningKey, now: Date): Promise<SigningKey> {
    await logs.take(publicLog(place.table), keyEntries(place.owner, place.use, key).map(pendingKey), now);
    return key;
  }

  return {
    async ofTenant(scope, request, now) {
      const place = tenantKey(scope);
      const key = await readSigningKey(place);
      if (key && !isOld(key, now)) return logged(place, key, now);
      const made: MadeKey = await ports.makeKey(scope.tenant);
      const after = key ? rotateSigningKey(key, made, now) : firstSigningKey(made, now);
      const target = { use: place.use, version: String(after.versions.length) };
      const event = { at: now, actor: { door: "notary" }, action: "signing-key.added", target, request } as const;
      return logged(place, await store(place, key, after, [auditWrite(scope, event, ports.random)]), now);
    },

    async ofPlatform(use, now) {
      const place = platformKey(ports.table, use);
      const made = await ports.platformKeys[use]();
      const key = (await readSigningKey(place)) ?? (await store(place, undefined, firstSigningKey(made, now), []));
      if (key.versions.at(-1)?.kmsKey !== made.kmsKey)
        throw new Error(
          `The key for ${use} is not the one that signed before. Name that one again: who pinned it relies on it.`,
        );
      return logged(place, key, now);
    },
  };
}

const namesOf = (place: KeyPlace, key: SigningKey): string[] =>
  keyEntries(place.owner, place.use, key).map((entry) => leafName(encodePublicEntry(entry)));
