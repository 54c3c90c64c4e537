import * as z from "zod";
import { KmsError } from "./errors.ts";
import { type Key, requireNotPendingDeletion } from "./key.ts";
import { keyReference, operation, page, paging, tagKey, tagList } from "./operation.ts";

const mostTags = 50;

/** Adds tags to a key, or changes their values. @throws KmsError TagException, LimitExceededException; then nothing has changed */
export function setTags(key: Key, tags: z.output<typeof tagList>): void {
  const names = new Set(tags.map((tag) => tag.TagKey));
  if (names.size < tags.length) throw new KmsError("TagException", "A tag key is given twice.");
  if (tags.some((tag) => tag.TagKey.startsWith("aws:")))
    throw new KmsError("TagException", "Tag keys can't begin with aws:, which is AWS's own.");
  if (new Set([...key.tags.keys(), ...names]).size > mostTags)
    throw new KmsError("LimitExceededException", `A key has at most ${mostTags} tags.`);
  for (const { TagKey, TagValue } of tags) key.tags.set(TagKey, TagValue);
}

/** As rights see them. */
export const namesAndValues = (tags: z.output<typeof tagList>): Record<string, string> =>
  Object.fromEntries(tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]));

/** Names and values that a key carries, and that rights can depend on. */
export const tagOperations = {
  TagResource: operation(z.strictObject({ KeyId: keyReference, Tags: tagList }), async ({ KeyId, Tags }, request) => {
    const key = request.store.byIdOrArn(KeyId);
    await request.allow("TagResource", key, undefined, namesAndValues(Tags));
    requireNotPendingDeletion(key);
    setTags(key, Tags);
    await request.store.save();
    return {};
  }),

  UntagResource: operation(
    z.strictObject({ KeyId: keyReference, TagKeys: z.array(tagKey) }),
    async ({ KeyId, TagKeys }, request) => {
      const key = request.store.byIdOrArn(KeyId);
      await request.allow("UntagResource", key);
      requireNotPendingDeletion(key);
      for (const name of TagKeys) key.tags.delete(name);
      await request.store.save();
      return {};
    },
  ),

  ListResourceTags: operation(
    z.strictObject({ KeyId: keyReference, ...paging(50) }),
    async ({ KeyId, Limit, Marker }, request) => {
      const key = request.store.byIdOrArn(KeyId);
      await request.allow("ListResourceTags", key);
      const tags = [...key.tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
      tags.sort((a, b) => (a.TagKey < b.TagKey ? -1 : 1));
      const { items, rest } = page(tags, (tag) => tag.TagKey, { Limit, Marker });
      return { Tags: items, ...rest };
    },
  ),
};
