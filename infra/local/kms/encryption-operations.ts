import * as z from "zod";
import { type EncryptionContext, keyIdOf, open, seal } from "./ciphertext.ts";
import { KmsError } from "./errors.ts";
import { type Key, requireUsable } from "./key.ts";
import { base64, blob, encryptionContext, type KmsRequest, keyReference, operation, usableKey } from "./operation.ts";

const EncryptionAlgorithm = z.literal("SYMMETRIC_DEFAULT").default("SYMMETRIC_DEFAULT");
const context = encryptionContext.optional();
const CiphertextBlob = blob(1, 6144);
const NumberOfBytes = z.int().min(1).max(1024);
const usage = "ENCRYPT_DECRYPT";

const dataKeyInput = z
  .strictObject({
    KeyId: keyReference,
    KeySpec: z.enum(["AES_128", "AES_256"]).optional(),
    NumberOfBytes: NumberOfBytes.optional(),
    EncryptionContext: context,
  })
  .refine((input) => (input.KeySpec === undefined) !== (input.NumberOfBytes === undefined), {
    error: "give either KeySpec or NumberOfBytes",
  });

async function newDataKey(name: string, input: z.output<typeof dataKeyInput>, request: KmsRequest) {
  const key = await usableKey(request, name, usage, input.KeyId, input.EncryptionContext);
  const plaintext = request.random(input.NumberOfBytes ?? (input.KeySpec === "AES_128" ? 16 : 32));
  return { key, plaintext, sealed: seal(key, plaintext, input.EncryptionContext, request.random) };
}

/** The key that sealed a ciphertext, if the caller may open it. */
async function keyOf(
  ciphertext: Buffer,
  name: string,
  reference: string | undefined,
  context: EncryptionContext | undefined,
  request: KmsRequest,
): Promise<Key> {
  const id = keyIdOf(ciphertext);
  if (reference !== undefined && request.store.find(reference).id !== id)
    throw new KmsError(
      "IncorrectKeyException",
      "The key ID in the request does not identify the key that made the ciphertext.",
    );
  const key = request.store.byId(id);
  if (!key)
    // What KMS says, name and all, for a key that is deleted or was never here.
    throw new KmsError(
      "AccessDeniedException",
      "The ciphertext refers to a key that does not exist, or that you may not use.",
    );
  await request.allow(name, key, context);
  return key;
}

/** Symmetric encryption, data keys and random bytes. */
export const encryptionOperations = {
  Encrypt: operation(
    z.strictObject({ KeyId: keyReference, Plaintext: blob(1, 4096), EncryptionContext: context, EncryptionAlgorithm }),
    async (input, request) => {
      const key = await usableKey(request, "Encrypt", usage, input.KeyId, input.EncryptionContext);
      const sealed = seal(key, input.Plaintext, input.EncryptionContext, request.random);
      return { KeyId: key.arn, CiphertextBlob: base64(sealed), EncryptionAlgorithm: input.EncryptionAlgorithm };
    },
  ),

  Decrypt: operation(
    z.strictObject({ CiphertextBlob, KeyId: keyReference.optional(), EncryptionContext: context, EncryptionAlgorithm }),
    async (input, request) => {
      const key = await keyOf(input.CiphertextBlob, "Decrypt", input.KeyId, input.EncryptionContext, request);
      requireUsable(key, usage, "Decrypt");
      const plaintext = open(key, input.CiphertextBlob, input.EncryptionContext);
      return { KeyId: key.arn, Plaintext: base64(plaintext), EncryptionAlgorithm: input.EncryptionAlgorithm };
    },
  ),

  ReEncrypt: operation(
    z.strictObject({
      CiphertextBlob,
      SourceKeyId: keyReference.optional(),
      SourceEncryptionContext: context,
      SourceEncryptionAlgorithm: EncryptionAlgorithm,
      DestinationKeyId: keyReference,
      DestinationEncryptionContext: context,
      DestinationEncryptionAlgorithm: EncryptionAlgorithm,
    }),
    async (input, request) => {
      const { CiphertextBlob: ciphertext, SourceEncryptionContext: from, DestinationEncryptionContext: to } = input;
      const source = await keyOf(ciphertext, "ReEncryptFrom", input.SourceKeyId, from, request);
      const destination = await usableKey(request, "ReEncryptTo", usage, input.DestinationKeyId, to);
      requireUsable(source, usage, "ReEncryptFrom");
      const sealed = seal(destination, open(source, ciphertext, from), to, request.random);
      return {
        SourceKeyId: source.arn,
        KeyId: destination.arn,
        CiphertextBlob: base64(sealed),
        SourceEncryptionAlgorithm: input.SourceEncryptionAlgorithm,
        DestinationEncryptionAlgorithm: input.DestinationEncryptionAlgorithm,
      };
    },
  ),

  GenerateDataKey: operation(dataKeyInput, async (input, request) => {
    const { key, plaintext, sealed } = await newDataKey("GenerateDataKey", input, request);
    return { KeyId: key.arn, Plaintext: base64(plaintext), CiphertextBlob: base64(sealed) };
  }),

  GenerateDataKeyWithoutPlaintext: operation(dataKeyInput, async (input, request) => {
    const { key, sealed } = await newDataKey("GenerateDataKeyWithoutPlaintext", input, request);
    return { KeyId: key.arn, CiphertextBlob: base64(sealed) };
  }),

  GenerateRandom: operation(z.strictObject({ NumberOfBytes }), async (input, request) => {
    await request.allow("GenerateRandom");
    return { Plaintext: base64(request.random(input.NumberOfBytes)) };
  }),
};
