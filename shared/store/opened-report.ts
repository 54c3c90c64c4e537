/** Opening what a report holds. The audit event is written before KMS is asked: no opening without a trace. */
import { decodeTransfer } from "#shared/mail/transfer-encoding.ts";
import { type Conversation, conversationBinding, conversationContext } from "#shared/report/conversation.ts";
import {
  type AttachmentPlace,
  contentLabel,
  type Message,
  MessageContent,
  rawLabel,
  type SealedPlace,
} from "#shared/report/message.ts";
import type { Binding } from "#shared/sealing/binding.ts";
import { contentKey, openMessageKey } from "#shared/sealing/sealed-object.ts";
import type { SealingPrivateKey } from "#shared/sealing/sealing-key.ts";
import { decryptBytes, decryptRange, decryptStream } from "#shared/sealing/stream.ts";
import { HEADER_LENGTH, parseHeader, sealedRange } from "#shared/sealing/stream-layout.ts";
import type { Unwrapper } from "#shared/sealing/vault.ts";
import type { Objects } from "#shared/store/objects.ts";
import { readConversation } from "#shared/store/reports.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

export interface Opener {
  content(message: Message): Promise<MessageContent>;
  /** The decoded bytes of an attachment, in pieces. */
  attachment(message: Message, place: AttachmentPlace): AsyncIterable<Uint8Array>;
  /** The mail as it came, in pieces; `undefined` where none came. */
  raw(message: Message): AsyncIterable<Uint8Array> | undefined;
}

/** Opens the conversations of one report, each with one KMS call. */
export function openerOf(
  scope: TenantScope,
  report: string,
  ports: { readonly unwrapper: Unwrapper; readonly objects: Objects; readonly bucket: string },
): Opener {
  const keys = new Map<string, Promise<SealingPrivateKey>>();
  const keyOf = (conversation: string): Promise<SealingPrivateKey> => {
    const known = keys.get(conversation);
    if (known !== undefined) return known;
    const opened = readConversation(scope, report, conversation).then((found) =>
      openConversation(scope, found, ports.unwrapper),
    );
    keys.set(conversation, opened);
    return opened;
  };
  const partKey = async (message: Message, label: string): Promise<{ key: Uint8Array; binding: Binding }> => {
    const binding = conversationBinding(scope.tenant, message.conversation);
    const messageKey = await openMessageKey(await keyOf(message.conversation), binding, message.sealedKey);
    return { key: contentKey(messageKey, label), binding };
  };
  const sealedBytes = async (place: SealedPlace): Promise<Uint8Array> => {
    if ("inline" in place) return place.inline;
    const bytes = await ports.objects.read(ports.bucket, place.object);
    if (bytes === undefined) throw new Error("A sealed object of this report is missing from the bucket: restore it.");
    return bytes;
  };

  return {
    async content(message) {
      const { key, binding } = await partKey(message, contentLabel(message.id));
      const plain = decryptBytes(key, binding, await sealedBytes(message.content));
      return MessageContent.parse(JSON.parse(plain.toString("utf8")));
    },

    async *attachment(message, place) {
      const raw = objectOf(message);
      if (!raw) throw new Error("An attachment is listed of a message that has no mail.");
      const { key, binding } = await partKey(message, rawLabel(message.id));
      const range = { from: place.from, to: place.to };
      const header = parseHeader(
        await gather(await ports.objects.readRange(ports.bucket, raw.object, 0, HEADER_LENGTH)),
      );
      const sealed = sealedRange(range, raw.bytes, header.chunkSize);
      const source = await ports.objects.readRange(ports.bucket, raw.object, sealed.from, sealed.to);
      yield* decodeTransfer(place.encoding, decryptRange(key, binding, header, raw.bytes, range, source));
    },

    raw(message) {
      const raw = objectOf(message);
      return raw && wholeRaw(message, raw);
    },
  };

  async function* wholeRaw(message: Message, raw: { object: string; bytes: number }): AsyncGenerator<Uint8Array> {
    const { key, binding } = await partKey(message, rawLabel(message.id));
    const source = await ports.objects.readRange(ports.bucket, raw.object, 0, raw.bytes);
    yield* decryptStream(key, binding, source);
  }
}

async function openConversation(
  scope: TenantScope,
  conversation: Conversation | undefined,
  unwrapper: Unwrapper,
): Promise<SealingPrivateKey> {
  if (!conversation) throw new Error("A message names a conversation that is missing from the table: restore it.");
  const context = conversationContext(scope.tenant, conversation.conversation);
  return { suite: conversation.suite, privateKey: await unwrapper.unwrap(conversation, context) };
}

const objectOf = (message: Message): { object: string; bytes: number } | undefined =>
  message.raw && "object" in message.raw ? message.raw : undefined;

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(chunks));
}
