/**
 * Shows releases, and tells of those that were withdrawn. One transaction lets the public know of a release, moves the pointer, has
 * subscribers told and notes it as published, once the log has it and its statement is signed: wherever a run ends, nothing or all of it is there.
 */
import { proveInclusion } from "#shared/ledger/inclusion.ts";
import { encodePublicEntry, leafName, type PublicEntry } from "#shared/ledger/public-entry.ts";
import { nodesFromTiles } from "#shared/ledger/tile-reader.ts";
import { formatTlogProof } from "#shared/ledger/tlog-proof.ts";
import { publishedEntry, withdrawnEntry } from "#shared/release/log-entry.ts";
import { type PublicRelease, pointerTo, publicRelease } from "#shared/release/public-release.ts";
import type { Release } from "#shared/release/release.ts";
import { releaseStatement, statementType } from "#shared/release/statement.ts";
import { type SigningKey, versionInUse } from "#shared/signing/signing-key.ts";
import { signEnvelopeBundle } from "#shared/signing/sigstore-bundle.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { findLeaf, publicLog, readLogHead } from "#shared/store/ledger.ts";
import { tileReader } from "#shared/store/ledger-tiles.ts";
import { pendingKey } from "#shared/store/pending.ts";
import {
  movePointer,
  newPublicRelease,
  publicReleaseWithdrawn,
  readReleasePointer,
} from "#shared/store/public-releases.ts";
import { readPublished } from "#shared/store/published.ts";
import { readRelease, readWithdrawal, releasePublished, releaseWithdrawn } from "#shared/store/releases.ts";
import { announce } from "#shared/store/subscriptions.ts";
import { GuardFailed, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { LogKeeper } from "./logs.ts";
import type { NotaryPorts } from "./ports.ts";
import type { KeyKeeper } from "./signing-keys.ts";
import type { Renew } from "./statements.ts";

/** How often a transaction is tried that loses against another release of the tenant. */
const attemptsAtMost = 4;

/** Which release, and in whose run. */
interface Task {
  readonly scope: TenantScope;
  readonly number: number;
  readonly request: string;
  readonly now: Date;
}

export interface ReleaseKeeper {
  /** Logs, signs and shows a release that is pending. */
  publish(task: Task): Promise<void>;
  /** Logs that a release is taken away, and tells the public. Its content is `publisher`'s to remove. */
  withdraw(task: Task): Promise<void>;
}

export function releaseKeeper(ports: NotaryPorts, logs: LogKeeper, keys: KeyKeeper, renew: Renew): ReleaseKeeper {
  const log = publicLog(ports.table);

  return {
    async publish(task) {
      const { scope, number, now } = task;
      const release = await readRelease(scope, number);
      if (release?.state !== "pending") return;
      const key = await shownKey(task);
      const place = await placeOf(publishedEntry(scope.tenant, release), now);
      const bundle = await sign(scope, release, key, now);
      await show(task, release, publicRelease(release, { ...place, bundle, publishedAt: now.toISOString() }));
    },

    async withdraw(task) {
      const { scope, number, now } = task;
      const withdrawal = await readWithdrawal(scope, number);
      const release = await readRelease(scope, number);
      if (withdrawal === undefined || release?.state !== "published") return;
      await placeOf(withdrawnEntry(scope.tenant, withdrawal), now);
      const writes = [...releaseWithdrawn(scope, withdrawal), publicReleaseWithdrawn(scope, withdrawal)];
      await unlessDone(scope.table.transact([...writes, audit(task, "release.withdrawn")]), task, "withdrawn");
    },
  };

  /** The key that signs, once the tenant's host shows it. */
  async function shownKey({ scope, request, now }: Task): Promise<SigningKey> {
    const key = await keys.ofTenant(scope, request, now);
    const shown = await readPublished(scope, "jwks.json");
    if (shown === undefined || shown.revision < key.revision) await renew(scope.tenant, request, now);
    return key;
  }

  /** Has an entry logged and a checkpoint signed over it, and proves that it is there. */
  async function placeOf(entry: PublicEntry, now: Date): Promise<Pick<PublicRelease, "index" | "proof">> {
    await logs.take(log, [pendingKey(entry)], now);
    const index = await findLeaf(log, leafName(encodePublicEntry(entry)));
    const { published, checkpoint } = await readLogHead(log);
    if (index === undefined || checkpoint === undefined || index >= published.size)
      throw new Error("The public log does not have the entry of this release yet.");
    const nodes = nodesFromTiles(published.size, tileReader(ports.ledger, log.name));
    const proof = await proveInclusion(index, published.size, nodes);
    return { index, proof: formatTlogProof({ index, proof, checkpoint }) };
  }

  /** Signs what is stated of a release: made here from its record, so that nobody chooses the bytes. */
  async function sign({ tenant }: TenantScope, release: Release, key: SigningKey, now: Date): Promise<string> {
    const signer = await ports.signerOf(versionInUse(key, now));
    if (signer.algorithm !== "ES256") throw new Error("A tenant's signing key is P-256.");
    const content = { payloadType: statementType, payload: releaseStatement(tenant, release) };
    return JSON.stringify(await signEnvelopeBundle(content, signer));
  }

  async function show(task: Task, release: Release, published: PublicRelease): Promise<void> {
    const { scope, number } = task;
    for (let attempt = 1; ; attempt++) {
      const shown = await readReleasePointer(scope);
      const writes = [
        releasePublished(scope, release, published.publishedAt),
        newPublicRelease(scope, published),
        // A release whose successor was quicker is listed, and never shown.
        ...(shown && shown.release > number
          ? []
          : [movePointer(scope, pointerTo(published)), announce(scope, number, task.now)]),
        audit(task, "release.published"),
      ];
      try {
        return await unlessDone(scope.table.transact(writes), task, "published");
      } catch (error) {
        if (!(error instanceof GuardFailed) || attempt === attemptsAtMost) throw error;
      }
    }
  }

  /** Where somebody else was quicker, the release is so already: that is as good. */
  async function unlessDone(writes: Promise<void>, { scope, number }: Task, state: Release["state"]): Promise<void> {
    try {
      await writes;
    } catch (error) {
      if (!(error instanceof GuardFailed) || (await readRelease(scope, number))?.state !== state) throw error;
    }
  }

  function audit({ scope, number, request, now }: Task, action: "release.published" | "release.withdrawn"): Write {
    const target = { release: String(number) };
    return auditWrite(scope, { at: now, actor: { door: "notary" }, action, target, request }, ports.random);
  }
}
