/** Named keys: `/v1/tenants/<t>/keys`. Making, showing and changing them; what is done with them stands in transit.ts. */
import { type Context, Hono } from "hono";
import * as z from "zod";
import type { AuditAction } from "#shared/audit/action.ts";
import { Failure } from "#shared/failure.ts";
import { parseInput, readJson } from "#shared/http/validate.ts";
import type { Random } from "#shared/report/identifier.ts";
import { changedNamedKey, listNamedKeys, newNamedKey } from "#shared/store/named-keys.ts";
import { GuardFailed, type Write } from "#shared/store/table.ts";
import {
  findVersion,
  KeyName,
  KeyOrigin,
  KeyPurpose,
  type KeyVersion,
  type NamedKey,
  newKey,
  RotationPeriod,
  versionState,
  withChangedVersion,
  withSettings,
  withVersion,
} from "#shared/transit/key.ts";
import { auditTrail } from "./audit-trail.ts";
import { addVersion } from "./key-version.ts";
import { findKey, findUsableKey, keyDetail, keySummary, keyTag, refuseSystemKey, requireOwner } from "./named-key.ts";
import type { TenantVariables } from "./tenant-request.ts";

const Creation = z.strictObject({
  name: KeyName,
  purpose: KeyPurpose,
  origin: KeyOrigin.optional(),
  kmsKey: z.string().max(200).optional(),
  rotateEvery: RotationPeriod.optional(),
});
const Rotation = z.strictObject({ origin: KeyOrigin.optional(), kmsKey: z.string().max(200).optional() });
const OneVersion = z.strictObject({ version: z.int().min(1) });
const Shredding = OneVersion.extend({ days: z.int().min(7).max(30).default(30) });
const Settings = z.strictObject({
  minDecryptVersion: z.int().min(1).optional(),
  minEncryptVersion: z.int().min(1).nullable().optional(),
  rotateEvery: RotationPeriod.nullable().optional(),
});
const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: KeyName.optional(),
});

type KeyContext = Context<{ Variables: TenantVariables }>;
interface Change {
  readonly after: NamedKey;
  readonly target?: Readonly<Record<string, string>>;
}

/** What else belongs to a change: when it lost against another one, and once it is committed. */
interface Around {
  readonly onConflict?: () => Promise<unknown>;
  readonly afterwards?: (after: NamedKey) => Promise<void>;
}

export function keyRoutes(settings: { readonly now: () => Date; readonly random: Random }) {
  const app = new Hono<{ Variables: TenantVariables }>();
  const { now } = settings;
  const trail = auditTrail(settings);

  app.get("/", async (c) => {
    const { limit, cursor } = parseInput(ListQuery, c.req.query());
    const page = await listNamedKeys(c.var.scope, { limit, after: cursor });
    return c.json({ items: page.keys.map((key) => keySummary(key, now())), cursor: page.next });
  });

  app.post("/", async (c) => {
    requireOwner(c.var);
    const given = await readJson(c.req, Creation);
    refuseSystemKey(given.name);
    const version = await addVersion(c.var, given, 1);
    const key = newKey(given, version, now());
    await commit(newNamedKey(c.var.scope, key), trail.event(c.var, "key.created", { key: key.name }), c.var, () =>
      undo(c.var, version),
    );
    return c.json(keyDetail(key, now()), 201, {
      etag: keyTag(key),
      location: `/v1/tenants/${c.var.scope.tenant}/keys/${key.name}`,
    });
  });

  app.get("/:key", async (c) => show(c, await findKey(c.var, c.req.param("key"))));

  app.patch("/:key", async (c) => {
    const wanted = await readJson(c.req, Settings);
    return change(c, "key.changed", async (key) => ({ after: withSettings(key, wanted, now()) }));
  });

  app.delete("/:key", (c) =>
    change(c, "key.deleted", async (key) => {
      if (key.versions.some((version) => ["waiting", "enabled"].includes(versionState(version, now()))))
        throw new Failure("conflict", "Versions of this key are still enabled. Retire each of them, then delete it.");
      return { after: { ...key, deletedAt: now().toISOString(), revision: key.revision + 1 } };
    }),
  );

  app.post("/:key/rotate", async (c) => {
    const wanted = await readJson(c.req, Rotation, { emptyIs: {} });
    let made: Omit<KeyVersion, "version" | "createdAt"> | undefined;
    return change(
      c,
      "key.rotated",
      async (key) => {
        const newest = key.versions.at(-1);
        const number = (newest?.version ?? 0) + 1;
        made = await addVersion(
          c.var,
          { origin: newest?.origin, ...wanted, name: key.name, purpose: key.purpose },
          number,
        );
        return { after: withVersion(key, made, now()), target: { version: String(number) } };
      },
      { onConflict: async () => made && undo(c.var, made) },
    );
  });

  // The state is committed before KMS is told; whoever gets an error asks again, and both come to agree.
  app.post("/:key/retire", async (c) => {
    const { version: number } = await readJson(c.req, OneVersion);
    return change(
      c,
      "key.version-retired",
      async (key) => {
        const version = versionOf(key, number);
        return changedTo(key, { ...version, retiredAt: version.retiredAt ?? now().toISOString() });
      },
      {
        async afterwards(key) {
          const { origin, kmsKey, shredAt } = versionOf(key, number);
          if (origin === "tenant" && shredAt === undefined) await c.var.ports.keys.disable(kmsKey);
        },
      },
    );
  });

  app.post("/:key/reinstate", async (c) => {
    const { version: number } = await readJson(c.req, OneVersion);
    return change(c, "key.version-reinstated", async (key) => {
      const { retiredAt: _, ...version } = versionOf(key, number);
      if (version.shredAt !== undefined)
        throw new Failure("conflict", "This version waits to be shredded. Cancel that first with cancel-shred.");
      if (version.origin === "tenant") await c.var.ports.keys.enable(version.kmsKey);
      return changedTo(key, version);
    });
  });

  app.post("/:key/shred", async (c) => {
    const { version: number, days } = await readJson(c.req, Shredding);
    return change(
      c,
      "key.version-shredding",
      async (key) => {
        const version = versionOf(key, number);
        requireOwnKmsKey(version);
        const shredAt = version.shredAt ?? new Date(now().getTime() + days * 86_400_000).toISOString();
        return changedTo(key, { ...version, shredAt });
      },
      { afterwards: (key) => c.var.ports.keys.scheduleDeletion(versionOf(key, number).kmsKey, days) },
    );
  });

  // Here KMS is told first: a version that is said to be kept must not be on its way out.
  app.post("/:key/cancel-shred", async (c) => {
    const { version: number } = await readJson(c.req, OneVersion);
    return change(c, "key.version-kept", async (key) => {
      const { shredAt, ...version } = versionOf(key, number);
      if (shredAt === undefined || shredAt <= now().toISOString())
        throw new Failure("conflict", "This version does not wait to be shredded. There is nothing to cancel.");
      await c.var.ports.keys.cancelDeletion(version.kmsKey);
      if (version.retiredAt === undefined) await c.var.ports.keys.enable(version.kmsKey);
      return changedTo(key, version);
    });
  });

  return app;

  /** One change of a key by an owner, together with its audit event. */
  async function change(
    c: KeyContext,
    action: AuditAction,
    decide: (key: NamedKey) => Promise<Change>,
    { onConflict, afterwards }: Around = {},
  ): Promise<Response> {
    requireOwner(c.var);
    const key = await findUsableKey(c.var, c.req.param("key") ?? "");
    const expected = c.req.header("if-match");
    if (expected !== undefined && expected !== "*" && expected !== keyTag(key))
      throw new Failure("stale", "The key was changed since you read it. Read it again, then decide anew.");
    const { after, target = {} } = await decide(key);
    const event = trail.event(c.var, action, { key: key.name, ...target });
    await commit(changedNamedKey(c.var.scope, key, after), event, c.var, onConflict);
    await afterwards?.(after);
    return after.deletedAt === undefined ? show(c, after) : c.body(null, 204);
  }

  function show(c: KeyContext, key: NamedKey): Response {
    return c.json(keyDetail(key, now()), 200, { etag: keyTag(key) });
  }
}

async function commit(
  write: Write,
  event: Write,
  { scope }: TenantVariables,
  onConflict?: () => Promise<unknown>,
): Promise<void> {
  try {
    await scope.table.transact([write, event]);
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    await onConflict?.();
    throw new Failure(
      "conflict",
      "The name is taken or was, or the key was changed meanwhile. Read it, then decide anew.",
    );
  }
}

/** What was made in KMS for a version that never came to be. */
async function undo({ ports }: TenantVariables, { origin, kmsKey }: Omit<KeyVersion, "version" | "createdAt">) {
  if (origin === "tenant") await ports.keys.scheduleDeletion(kmsKey, 7);
}

function versionOf(key: NamedKey, number: number): KeyVersion {
  const version = findVersion(key, number);
  if (!version) throw new Failure("conflict", "The key has no such version. Read it to see which ones there are.");
  return version;
}

const changedTo = (key: NamedKey, version: KeyVersion): Change => ({
  after: withChangedVersion(key, version),
  target: { version: String(version.version) },
});

function requireOwnKmsKey({ origin }: KeyVersion): void {
  if (origin === "platform")
    throw new Failure(
      "conflict",
      "This version is on a KMS key that tenants share, which can't be shredded for one of them. Retire it; rotate to origin tenant for a key of your own.",
    );
  if (origin === "external")
    throw new Failure(
      "conflict",
      "This version's KMS key is in your own AWS account. Delete it there; retire it here.",
    );
}
