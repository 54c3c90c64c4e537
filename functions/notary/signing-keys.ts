/** Makes the keys that sign, and has each change of one logged before anything is signed with it. */
import { encodePublicEntry, leafName } from "#shared/ledger/public-entry.ts";
import {
  firstSigningKey,
  isOld,
  type MadeKey,
  nextUse,
  rotateSigningKey,
  type SigningKey,
} from "#shared/signing/signing-key.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { publicLog } from "#shared/store/ledger.ts";
import { pendingKey, publicLogWrite } from "#shared/store/pending.ts";
import {
  isSigningKeyAsked,
  type KeyPlace,
  platformKey,
  readSigningKey,
  signingKeyAnswered,
  storeSigningKey,
  tenantKey,
} from "#shared/store/signing-keys.ts";
import { GuardFailed, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { keyEntries } from "./key-entries.ts";
import type { LogKeeper } from "./logs.ts";
import type { NotaryPorts } from "./ports.ts";

export interface KeyKeeper {
  /** Gives the tenant's key a further version where an owner asked for one and none waits for its first use. Once for each ask. */
  rotateAsAsked(scope: TenantScope, request: string, now: Date): Promise<void>;
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

  /** A further version, or the first one, with the event that tells of it. */
  async function add(
    { scope, request, now }: { readonly scope: TenantScope; readonly request: string; readonly now: Date },
    key: SigningKey | undefined,
    beside: readonly Write[] = [],
  ): Promise<SigningKey> {
    const place = tenantKey(scope);
    const made: MadeKey = await ports.makeKey(scope.tenant);
    const after = key ? rotateSigningKey(key, made, now) : firstSigningKey(made, now);
    const target = { use: place.use, version: String(after.versions.length) };
    const event = { at: now, actor: { door: "notary" }, action: "signing-key.added", target, request } as const;
    return await store(place, key, after, [auditWrite(scope, event, ports.random), ...beside]);
  }

  return {
    async rotateAsAsked(scope, request, now) {
      if (!(await isSigningKeyAsked(scope))) return;
      const key = await readSigningKey(tenantKey(scope));
      const answered = signingKeyAnswered(scope);
      if (key && nextUse(key, now) === undefined) await add({ scope, request, now }, key, [answered]);
      else await scope.table.write(answered).catch(unlessAnswered);
    },

    async ofTenant(scope, request, now) {
      const place = tenantKey(scope);
      const key = await readSigningKey(place);
      const current = key && !isOld(key, now) ? key : await add({ scope, request, now }, key);
      return logged(place, current, now);
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

/** Another run was quicker. */
function unlessAnswered(error: unknown): void {
  if (!(error instanceof GuardFailed)) throw error;
}

const namesOf = (place: KeyPlace, key: SigningKey): string[] =>
  keyEntries(place.owner, place.use, key).map((entry) => leafName(encodePublicEntry(entry)));
