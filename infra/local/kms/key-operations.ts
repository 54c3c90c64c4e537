import * as z from "zod";
import { KmsError } from "./errors.ts";
import { epochSeconds, type Key, metadata, requireNotPendingDeletion, requireUsable, stateOf } from "./key.ts";
import { randomKeyId } from "./key-id.ts";
import { type KeySpec, keySpecNames, specOf } from "./key-spec.ts";
import { type KmsRequest, keyReference, operation, page, paging, tagList } from "./operation.ts";
import { namesAndValues, setTags } from "./tag-operations.ts";

const day = 24 * 60 * 60 * 1000;
const mostRotations = 25;

const onlyKeyId = z.strictObject({ KeyId: keyReference });

/** The key of an operation that takes no alias. */
async function managedKey(request: KmsRequest, name: string, reference: string): Promise<Key> {
  const key = request.store.byIdOrArn(reference);
  await request.allow(name, key);
  return key;
}

function setEnabled(name: string, enabled: boolean) {
  return operation(onlyKeyId, async ({ KeyId }, request) => {
    const key = await managedKey(request, name, KeyId);
    requireNotPendingDeletion(key);
    key.enabled = enabled;
    await request.store.save();
    return {};
  });
}

/** Making, showing, disabling, deleting and rotating keys. */
export const keyOperations = {
  CreateKey: operation(
    z.strictObject({
      Description: z.string().max(8192).default(""),
      KeySpec: z.enum(keySpecNames).default("SYMMETRIC_DEFAULT"),
      KeyUsage: z.string().default("ENCRYPT_DECRYPT"),
      Origin: z.literal("AWS_KMS").optional(),
      MultiRegion: z.literal(false).optional(),
      Tags: tagList.default([]),
    }),
    async ({ Description, KeySpec, KeyUsage, Tags }, request) => {
      const { usage } = specOf(KeySpec);
      if (KeyUsage !== usage)
        throw new KmsError(
          "ValidationException",
          `KeyUsage ${KeyUsage} is not compatible with KeySpec ${KeySpec}: use ${usage}.`,
        );
      const newTags = namesAndValues(Tags);
      await request.allow("CreateKey", undefined, undefined, newTags);
      // Tags need a right of their own (KMS Developer Guide, "Controlling access to tags").
      if (Tags.length > 0) await request.allow("TagResource", undefined, undefined, newTags);
      const key = await makeKey(request, { spec: KeySpec, description: Description });
      setTags(key, Tags);
      request.store.add(key);
      await request.store.save();
      return { KeyMetadata: metadata(key) };
    },
  ),

  DescribeKey: operation(onlyKeyId, async ({ KeyId }, request) => {
    const key = request.store.find(KeyId);
    await request.allow("DescribeKey", key);
    return { KeyMetadata: metadata(key) };
  }),

  ListKeys: operation(z.strictObject(paging(1000)), async ({ Limit = 100, Marker }, request) => {
    await request.allow("ListKeys");
    const { items, rest } = page(request.store.all(), (key) => key.id, { Limit, Marker });
    return { Keys: items.map((key) => ({ KeyId: key.id, KeyArn: key.arn })), ...rest };
  }),

  EnableKey: setEnabled("EnableKey", true),
  DisableKey: setEnabled("DisableKey", false),

  ScheduleKeyDeletion: operation(
    z.strictObject({ KeyId: keyReference, PendingWindowInDays: z.int().min(7).max(30).default(30) }),
    async ({ KeyId, PendingWindowInDays }, request) => {
      const key = await managedKey(request, "ScheduleKeyDeletion", KeyId);
      requireNotPendingDeletion(key);
      const deletionDate = new Date(request.now().getTime() + PendingWindowInDays * day);
      key.deletionDate = deletionDate;
      await request.store.save();
      return { KeyId: key.arn, DeletionDate: epochSeconds(deletionDate), KeyState: stateOf(key), PendingWindowInDays };
    },
  ),

  CancelKeyDeletion: operation(onlyKeyId, async ({ KeyId }, request) => {
    const key = await managedKey(request, "CancelKeyDeletion", KeyId);
    if (!key.deletionDate) throw new KmsError("KMSInvalidStateException", `${key.arn} is not pending deletion.`);
    key.deletionDate = undefined;
    key.enabled = false;
    await request.store.save();
    return { KeyId: key.arn };
  }),

  RotateKeyOnDemand: operation(onlyKeyId, async ({ KeyId }, request) => {
    const key = await managedKey(request, "RotateKeyOnDemand", KeyId);
    requireRotatable(key);
    requireUsable(key, "ENCRYPT_DECRYPT", "RotateKeyOnDemand");
    if (key.materials.length > mostRotations)
      throw new KmsError(
        "LimitExceededException",
        `${key.arn} was rotated ${mostRotations} times already: make a new key.`,
      );
    key.materials.push({ createdAt: request.now(), key: await specOf(key.spec).generate(request.random) });
    await request.store.save();
    return { KeyId: key.arn };
  }),

  GetKeyRotationStatus: operation(onlyKeyId, async ({ KeyId }, request) => {
    const key = await managedKey(request, "GetKeyRotationStatus", KeyId);
    requireRotatable(key);
    return { KeyId: key.arn, KeyRotationEnabled: false };
  }),

  ListKeyRotations: operation(
    z.strictObject({ KeyId: keyReference, ...paging(1000) }),
    async ({ KeyId, Limit = 100, Marker }, request) => {
      const key = await managedKey(request, "ListKeyRotations", KeyId);
      requireRotatable(key);
      const rotations = key.materials
        .slice(1)
        .map((material, index) => ({ ...material, name: String(index).padStart(4, "0") }));
      const { items, rest } = page(rotations, (rotation) => rotation.name, { Limit, Marker });
      const list = items.map((rotation) => ({
        KeyId: key.id,
        RotationDate: epochSeconds(rotation.createdAt),
        RotationType: "ON_DEMAND",
      }));
      return { Rotations: list, ...rest };
    },
  ),
};

/** A new key; in another account where one is given. The store does not know it yet. */
export async function makeKey(
  { store, now, random }: Pick<KmsRequest, "store" | "now" | "random">,
  given: { readonly spec?: KeySpec; readonly description?: string; readonly account?: string },
): Promise<Key> {
  const { spec = "SYMMETRIC_DEFAULT", description = "", account } = given;
  const id = randomKeyId(random(16));
  const createdAt = now();
  return {
    id,
    arn: store.arnOf(id, account),
    spec,
    description,
    createdAt,
    materials: [{ createdAt, key: await specOf(spec).generate(random) }],
    tags: new Map(),
    enabled: true,
    deletionDate: undefined,
  };
}

function requireRotatable(key: Key): void {
  if (specOf(key.spec).usage !== "ENCRYPT_DECRYPT")
    throw new KmsError(
      "UnsupportedOperationException",
      `${key.arn} of spec ${key.spec} can't be rotated: make a new key.`,
    );
}
