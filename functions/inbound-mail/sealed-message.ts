import { type ConversationKey, conversationBinding, conversationContext } from "#shared/report/conversation.ts";
import { contentLabel, type MessageContent, type SealedPlace } from "#shared/report/message.ts";
import type { Binding } from "#shared/sealing/binding.ts";
import { contentKey, newMessageKey, newPrefix, sealMessageKey } from "#shared/sealing/sealed-object.ts";
import { newSealingKey, type SealingPublicKey } from "#shared/sealing/sealing-key.ts";
import { encryptBytes, encryptStream } from "#shared/sealing/stream.ts";
import { sealedLength } from "#shared/sealing/stream-layout.ts";
import type { WrappedKey } from "#shared/sealing/wrapped-key.ts";
import type { Objects } from "#shared/store/objects.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import type { Addressee } from "./addressees.ts";

/** Content up to here stays in its item, which may have 400 kB with everything else. */
const inlineBytes = 128 * 1024;
/** A raw mail up to here is encrypted in one piece; a larger one as it is uploaded, so that it is not held twice. */
const onePieceBytes = 1024 * 1024;

/** A conversation's new key pair: the private half leaves this function wrapped, and no other way. */
export async function newConversation(
  { scope: { tenant }, wrap }: Pick<Addressee, "scope" | "wrap">,
  ids: { readonly report: string; readonly number: string; readonly conversation: string },
): Promise<{ readonly key: ConversationKey; readonly wrapped: WrappedKey }> {
  const { suite, publicKey, privateKey } = await newSealingKey();
  const wrapped = await wrap(privateKey, conversationContext(tenant, ids.conversation));
  privateKey.fill(0);
  return { key: { ...ids, suite, publicKey }, wrapped };
}

/** A message key on its way into storage: what it encrypts, under labels, and its sealed form. */
export interface MessageSealer {
  readonly sealedKey: Uint8Array;
  readonly binding: Binding;
  key(label: string): Uint8Array;
}

export async function messageSealer(to: SealingPublicKey, binding: Binding): Promise<MessageSealer> {
  const messageKey = newMessageKey();
  return {
    sealedKey: await sealMessageKey(to, binding, messageKey),
    binding,
    key: (label) => contentKey(messageKey, label),
  };
}

export const conversationSealer = (tenant: TenantId, to: ConversationKey): Promise<MessageSealer> =>
  messageSealer(to, conversationBinding(tenant, to.conversation));

/** Encrypts what a message says; into the item where it fits, else into the bucket. */
export async function placeContent(
  sealer: MessageSealer,
  message: string,
  content: MessageContent,
  store: { readonly objects: Objects; readonly bucket: string; readonly folder: string },
): Promise<SealedPlace> {
  const plain = Buffer.from(JSON.stringify(content));
  const bytes = encryptBytes(sealer.key(contentLabel(message)), sealer.binding, plain, newPrefix());
  if (bytes.length <= inlineBytes) return { inline: bytes };
  const object = `${store.folder}/content`;
  await store.objects.write(store.bucket, object, [bytes]);
  return { object, bytes: bytes.length };
}

/** Encrypts a raw mail into the bucket. */
export async function placeRaw(
  sealer: MessageSealer,
  label: string,
  raw: Uint8Array,
  store: { readonly objects: Objects; readonly bucket: string; readonly folder: string },
): Promise<{ readonly object: string; readonly bytes: number }> {
  const object = `${store.folder}/raw`;
  const key = sealer.key(label);
  const sealed =
    raw.length <= onePieceBytes
      ? [encryptBytes(key, sealer.binding, raw, newPrefix())]
      : encryptStream(key, sealer.binding, [raw], newPrefix());
  await store.objects.write(store.bucket, object, sealed);
  return { object, bytes: sealedLength(raw.length) };
}
