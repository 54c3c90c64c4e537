/** Named keys: `/v1/tenants/<t>/keys`. Making, showing and changing them; what is done with them stands in transit.ts. */
import type { Context } from "hono";
import * as z from "zod";
import type { AuditAction } from "#shared/audit/action.ts";
import { Failure } from "#shared/failure.ts";
import { requireMatch, tagOf } from "#shared/http/entity-tag.ts";
import { PageQuery, pageOf } from "#shared/http/page.ts";
import { Instant } from "#shared/report/report.ts";
import { readKeyUsage, type Usage, UsedVersion } from "#shared/store/key-usage.ts";
import { changedNamedKey, listNamedKeys, newNamedKey } from "#shared/store/named-keys.ts";
import { askForSigningKey } from "#shared/store/signing-keys.ts";
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
  sealingKeyName,
  signingKeyName,
  versionState,
  withChangedVersion,
  withSettings,
  withVersion,
} from "#shared/transit/key.ts";
import { addVersion } from "./key-version.ts";
import {
  findKey,
  findOwnersKey,
  findUsableKey,
  KeyDetail,
  KeySummary,
  keyDetail,
  keySummary,
  refuseSystemKey,
} from "./named-key.ts";
import type { Deed, TenantEnv, TenantVariables } from "./tenant-request.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

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
const KeyUsage = z
  .strictObject({
    key: KeyName,
    countedAt: Instant.optional().meta({ description: "Absent where nothing was counted yet." }),
    objects: z.array(UsedVersion),
  })
  .meta({ id: "KeyUsage" });
type KeyContext = Context<TenantEnv>;
interface Change {
  readonly after: NamedKey;
  readonly target?: Readonly<Record<string, string>>;
}

/** What else belongs to a change: which keys it is for, when it lost against another one, and once it is committed. */
interface Around {
  readonly find?: (by: TenantVariables, name: string) => Promise<NamedKey>;
  readonly onConflict?: () => Promise<unknown>;
  readonly afterwards?: (after: NamedKey) => Promise<void>;
}

const group = "Keys";
const params = z.object({ key: z.string() });
const shown = (description: string) => ({ description, json: KeyDetail, headers: { ETag: "Its revision." } });
/** A change of one key, by an owner. */
const changing = {
  method: "post",
  group,
  permission: "key.manage",
  params,
  ifMatch: "optional",
  answers: { 200: shown("The key as it is now.") },
  failures: ["conflict"],
} as const;

export function keyRoutes(api: TenantApi, { now }: { readonly now: () => Date }): void {
  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/keys", group, permission: "key.read" },
      summary: "The named keys",
      query: PageQuery,
      answers: { 200: { description: "A page of keys, by name.", json: pageOf(KeySummary) } },
    },
    async (c) => {
      const { limit } = c.req.valid("query");
      const page = await listNamedKeys(c.var.scope, { limit, after: await c.var.paging.after(KeyName) });
      const items = page.keys.map((key) => keySummary(key, now()));
      return c.json({ items, cursor: await c.var.paging.cursor(page.next) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/keys", group, permission: "key.manage" },
      summary: "Make a key",
      description:
        "Its first version is on the platform's KMS key, on one of the tenant's own, or on one in its account.",
      body: Creation,
      answers: { 201: shown("The key.") },
      failures: ["conflict"],
    },
    async (c) => {
      const given = c.req.valid("json");
      refuseSystemKey(given.name);
      const version = await addVersion(c.var, given, 1);
      const key = newKey(given, version, now());
      await commit(c.var, newNamedKey(c.var.scope, key), { action: "key.created", target: { key: key.name } }, () =>
        undo(c.var, version),
      );
      return c.json(keyDetail(key, now()), 201, {
        etag: tagOf(key.revision),
        location: `/v1/tenants/${c.var.scope.tenant}/keys/${key.name}`,
      });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/keys/{key}", group, permission: "key.read", params },
      summary: "A key with its versions",
      answers: { 200: shown("The key.") },
    },
    async (c) => show(c, await findKey(c.var, c.req.valid("param").key)),
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/keys/{key}/usage", group, permission: "key.read", params },
      summary: "What Candor keeps under which version of a key",
      description:
        "As the last job of kind rewrap counted it. Of a key other than candor-sealing Candor keeps nothing: its ciphertext is with whoever asked for it.",
      answers: { 200: { description: "Objects by kind and version.", json: KeyUsage } },
    },
    async (c) => {
      const { name } = await findKey(c.var, c.req.valid("param").key);
      const { countedAt, objects = [] } = (await readKeyUsage(c.var.scope, name)) ?? {};
      return c.json({ key: name, countedAt, objects });
    },
  );

  tenantRoute(
    api,
    {
      ...changing,
      method: "patch",
      ifMatch: "required",
      path: "/keys/{key}",
      summary: "Change how a key is used",
      body: Settings,
    },
    (c) =>
      change(
        c,
        "key.changed",
        async (key) => {
          const settings = c.req.valid("json");
          if (isSealingKey(key)) requireNoLowestVersion(settings);
          return { after: withSettings(key, settings, now()) };
        },
        { find: findOwnersKey },
      ),
  );

  tenantRoute(
    api,
    {
      ...{ ...changing, method: "delete", path: "/keys/{key}", summary: "Delete a key whose versions are all retired" },
      answers: { 204: { description: "It is gone. Its name is never given again." } },
    },
    (c) =>
      change(c, "key.deleted", async (key) => {
        if (key.versions.some((version) => ["waiting", "enabled"].includes(versionState(version, now()))))
          throw new Failure("conflict", "Versions of this key are still enabled. Retire each of them, then delete it.");
        return { after: { ...key, deletedAt: now().toISOString(), revision: key.revision + 1 } };
      }),
  );

  tenantRoute(
    api,
    {
      ...{ ...changing, path: "/keys/{key}/rotate", summary: "Make a new version" },
      ...{ body: Rotation, bodyMayBeAbsent: true },
      description:
        "Of candor-signing the new version is shown within seconds and signs a day later; the one before stays good for an hour after that.",
      answers: { ...changing.answers, 202: shown("The key as it still is. Of candor-signing only.") },
    },
    async (c) => {
      const wanted = c.req.valid("json");
      if (c.req.valid("param").key === signingKeyName) {
        const key = await askForNewSigningKey(c.var, wanted, now());
        return c.json(keyDetail(key, now()), 202, { etag: tagOf(key.revision) });
      }
      let made: Omit<KeyVersion, "version" | "createdAt"> | undefined;
      return change(
        c,
        "key.rotated",
        async (key) => {
          const newest = key.versions.at(-1);
          const number = (newest?.version ?? 0) + 1;
          made = await addVersion(
            c.var,
            {
              ...(wanted.kmsKey === undefined && { origin: newest?.origin }),
              ...wanted,
              name: key.name,
              purpose: key.purpose,
            },
            number,
          );
          return { after: withVersion(key, made, now()), target: { version: String(number) } };
        },
        { find: findOwnersKey, onConflict: async () => made && undo(c.var, made) },
      );
    },
  );

  // The state is committed before KMS is told; whoever gets an error asks again, and both come to agree.
  tenantRoute(
    api,
    { ...changing, path: "/keys/{key}/retire", summary: "Stop using a version", body: OneVersion },
    async (c) => {
      const { version: number } = c.req.valid("json");
      return change(
        c,
        "key.version-retired",
        async (key) => {
          const version = versionOf(key, number);
          if (isSealingKey(key)) requireEmpty(key, number, await readKeyUsage(c.var.scope, key.name));
          return changedTo(key, { ...version, retiredAt: version.retiredAt ?? now().toISOString() });
        },
        {
          find: findOwnersKey,
          async afterwards(key) {
            const { origin, kmsKey, shredAt } = versionOf(key, number);
            if (origin === "tenant" && shredAt === undefined) await c.var.ports.keys.disable(kmsKey);
          },
        },
      );
    },
  );

  tenantRoute(
    api,
    { ...changing, path: "/keys/{key}/reinstate", summary: "Use a retired version again", body: OneVersion },
    async (c) => {
      const { version: number } = c.req.valid("json");
      return change(
        c,
        "key.version-reinstated",
        async (key) => {
          const { retiredAt: _, ...version } = versionOf(key, number);
          if (version.shredAt !== undefined)
            throw new Failure("conflict", "This version waits to be shredded. Cancel that first with cancel-shred.");
          if (version.origin === "tenant") await c.var.ports.keys.enable(version.kmsKey);
          return changedTo(key, version);
        },
        { find: findOwnersKey },
      );
    },
  );

  tenantRoute(
    api,
    {
      ...{ ...changing, path: "/keys/{key}/shred", summary: "Destroy a version after some days", body: Shredding },
      description: "What only this version opens can't be opened by anybody from then on.",
    },
    async (c) => {
      const { version: number, days } = c.req.valid("json");
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
    },
  );

  // Here KMS is told first: a version that is said to be kept must not be on its way out.
  tenantRoute(
    api,
    { ...changing, path: "/keys/{key}/cancel-shred", summary: "Keep a version after all", body: OneVersion },
    async (c) => {
      const { version: number } = c.req.valid("json");
      return change(c, "key.version-kept", async (key) => {
        const { shredAt, ...version } = versionOf(key, number);
        if (shredAt === undefined || shredAt <= now().toISOString())
          throw new Failure("conflict", "This version does not wait to be shredded. There is nothing to cancel.");
        await c.var.ports.keys.cancelDeletion(version.kmsKey);
        if (version.retiredAt === undefined) await c.var.ports.keys.enable(version.kmsKey);
        return changedTo(key, version);
      });
    },
  );

  /** One change of a key, together with its audit event. */
  async function change(
    c: KeyContext,
    action: AuditAction,
    decide: (key: NamedKey) => Promise<Change>,
    { find = findUsableKey, onConflict, afterwards }: Around = {},
  ): Promise<Response> {
    const key = await find(c.var, c.req.param("key") ?? "");
    requireMatch(c.req.header("if-match"), key.revision);
    const { after, target = {} } = await decide(key);
    const deed = { action, target: { key: key.name, ...target } };
    await commit(c.var, changedNamedKey(c.var.scope, key, after), deed, onConflict);
    await afterwards?.(after);
    return after.deletedAt === undefined ? show(c, after) : c.body(null, 204);
  }

  function show(c: KeyContext, key: NamedKey): Response {
    return c.json(keyDetail(key, now()), 200, { etag: tagOf(key.revision) });
  }
}

async function commit(
  { commit: carryOut }: TenantVariables,
  write: Write,
  deed: Deed,
  onConflict?: () => Promise<unknown>,
): Promise<void> {
  try {
    await carryOut([write], deed);
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    await onConflict?.();
    throw new Failure(
      "conflict",
      "The name is taken or was, or the key was changed meanwhile. Read it, then decide anew.",
    );
  }
}

/** Has `notary` make the next version of what it signs with: nobody else can. @throws Failure where one waits already */
async function askForNewSigningKey(
  by: TenantVariables,
  wanted: z.infer<typeof Rotation>,
  now: Date,
): Promise<NamedKey> {
  if (wanted.origin !== undefined || wanted.kmsKey !== undefined)
    throw new Failure("conflict", "The key that signs for you lies with Candor alone. Send no origin and no kmsKey.");
  const key = await findKey(by, signingKeyName);
  if (key.versions.some((version) => versionState(version, now) === "waiting"))
    throw new Failure("conflict", "A new version waits already for its first use. Rotate again once it signs.");
  await commit(by, askForSigningKey(by.scope, now), { action: "signing-key.asked", target: { key: key.name } });
  return key;
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

const isSealingKey = ({ name }: NamedKey): boolean => name === sealingKeyName;

/** What stands under a version of the sealing key opens until it was moved. @throws Failure */
function requireNoLowestVersion(settings: z.infer<typeof Settings>): void {
  if (settings.minDecryptVersion !== undefined || settings.minEncryptVersion !== undefined)
    throw new Failure(
      "conflict",
      "The sealing key has no lowest version: move what stands under the old ones by a job of kind rewrap, then retire them.",
    );
}

/** @throws Failure unless the last count, made after the newest version, found nothing under this one */
function requireEmpty(key: NamedKey, number: number, usage: Usage | undefined): void {
  if (number === key.versions.at(-1)?.version)
    throw new Failure("conflict", "This version seals what comes in. Rotate the key first.");
  const isEmpty =
    usage?.version === key.versions.at(-1)?.version && usage?.objects.every((one) => one.version !== number);
  if (!isEmpty)
    throw new Failure(
      "conflict",
      "Something still stands under this version, or was not counted since the last rotation. Start a job of kind rewrap; once it is done, retire the version.",
    );
}

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
