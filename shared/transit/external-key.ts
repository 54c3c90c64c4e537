import { Failure } from "#shared/failure.ts";
import { CannotOpen } from "#shared/sealing/cannot-open.ts";
import { KeyUnavailable } from "#shared/sealing/vault.ts";
import type { KeyService, WrappingKey } from "./key-service.ts";

/**
 * Goes once round with a key in the tenant's own AWS account before anything depends on it: makes a data key, rewraps it,
 * opens it. Three KMS calls. @throws Failure that says which step its policy does not allow, or what else was wrong
 */
export async function tryExternalKey(service: KeyService, key: WrappingKey): Promise<void> {
  const made = await step("kms:GenerateDataKey", () => service.newDataKey(key));
  await goOnRound(service, key, made);
}

/** The same for a key that private keys are to stand under, which KMS encrypts as they are. @throws Failure */
export async function tryExternalSealingKey(service: KeyService, key: WrappingKey, sample: Uint8Array): Promise<void> {
  const wrapped = await step("kms:Encrypt", () => service.wrap(key, sample));
  await goOnRound(service, key, { plaintext: sample, wrapped });
}

async function goOnRound(
  service: KeyService,
  key: WrappingKey,
  made: { readonly plaintext: Uint8Array; readonly wrapped: Uint8Array },
): Promise<void> {
  const moved = await step("kms:ReEncrypt*", () => service.rewrap(made.wrapped, key, key));
  const opened = await step("kms:Decrypt", () => service.unwrap(key, moved));
  if (!Buffer.from(opened).equals(made.plaintext))
    throw new Failure("conflict", "This key does not open what it encrypted. Check in its account what it is.");
}

async function step<Answer>(action: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof KeyUnavailable || error instanceof CannotOpen)) throw error;
    const said = error.cause instanceof Error ? ` (${error.cause.name})` : "";
    throw new Failure(
      "conflict",
      `The round trip with this key failed at ${action}${said}. Let its key policy allow that to Candor's role for the ` +
        "encryption context of your tenant, see that it is a symmetric key and enabled, then try again.",
      { cause: error },
    );
  }
}
