import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";
import type { Binding } from "#shared/sealing/binding.ts";
import type { WrapContext } from "#shared/sealing/vault.ts";
import { WrappedKey } from "#shared/sealing/wrapped-key.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";

/** The public half of a conversation: enough to put something in, and for nothing else. */
export const ConversationKey = z.object({
  report: z.string(),
  number: z.string(),
  conversation: z.string(),
  suite: z.literal("x25519-hkdf-sha256-aes256gcm"),
  publicKey: Bytes,
});
export type ConversationKey = z.infer<typeof ConversationKey>;

/** A conversation that a reply address, a mail of ours or a resend points to, with the keyed digest of its reporter's address. */
export const Thread = ConversationKey.extend({ reporter: z.string().optional() });
export type Thread = z.infer<typeof Thread>;

/** A conversation as it is kept: its private key only wrapped by KMS. */
export const Conversation = ConversationKey.extend({ kind: z.literal("reporter"), ...WrappedKey.shape });
export type Conversation = z.infer<typeof Conversation>;

/** What the messages of a conversation are sealed to. */
export const conversationBinding = (tenant: TenantId, conversation: string): Binding => ({
  tenant,
  purpose: "conversation",
  object: conversation,
});

/** What the conversation's private key is wrapped under. */
export const conversationContext = (tenant: TenantId, conversation: string): WrapContext => ({
  tenant,
  purpose: "conversation",
  object: conversation,
});
