import { DecryptCommand, EncryptCommand, GenerateMacCommand, KMSClient } from "@aws-sdk/client-kms";
import { type Connection, clientOptions } from "#shared/aws/connection.ts";
import { type Digester, KeyUnavailable, type Unwrapper, type Wrapper } from "#shared/sealing/vault.ts";

/** Wraps under KMS keys; has no way to unwrap. `platformKey`: ARN. */
export function connectWrapper(connection: Connection & { readonly platformKey: string }): Wrapper {
  const client = new KMSClient(clientOptions(connection));
  const { platformKey } = connection;
  return {
    platformKey,
    async wrap(Plaintext, EncryptionContext, KeyId) {
      const { CiphertextBlob } = await usable(KeyId, platformKey, () =>
        client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext })),
      );
      return present(CiphertextBlob);
    },
  };
}

/** Unwraps with the KMS key that is noted beside each wrapped key; `platformKey` (ARN) where none is. */
export function connectUnwrapper(connection: Connection & { readonly platformKey: string }): Unwrapper {
  const client = new KMSClient(clientOptions(connection));
  const { platformKey } = connection;
  return {
    async unwrap({ wrappedPrivateKey: CiphertextBlob, wrappedUnder: KeyId = platformKey, shelteredAt }, context) {
      if (shelteredAt !== undefined)
        throw new KeyUnavailable(
          "This came in while your KMS key was shut off, and can be read some minutes after it is enabled again.",
        );
      const { Plaintext } = await usable(KeyId, platformKey, () =>
        client.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionContext: context })),
      );
      return present(Plaintext);
    },
  };
}

const off = ["DisabledException", "KMSInvalidStateException", "NotFoundException"];

/** A KMS call whose key may be one that somebody shut off, or took from us in another account. */
async function usable<Answer>(kmsKey: string, platformKey: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    // In our own account a refusal would be our own fault.
    const isRefused = name === "AccessDeniedException" && accountOf(kmsKey) !== accountOf(platformKey);
    if (!off.includes(name) && !isRefused) throw error;
    throw new KeyUnavailable("The key is shut off. Enable it in KMS, then ask again.", { cause: error });
  }
}

const accountOf = (arn: string): string | undefined => arn.split(":")[4];

/** HMAC-SHA-256 by a KMS key. */
export function connectDigester(connection: Connection & { readonly keyId: string }): Digester {
  const client = new KMSClient(clientOptions(connection));
  return {
    async mac(Message) {
      const { Mac } = await client.send(
        new GenerateMacCommand({ KeyId: connection.keyId, MacAlgorithm: "HMAC_SHA_256", Message }),
      );
      return present(Mac);
    },
  };
}

function present(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new Error("KMS answered without the bytes it was asked for.");
  return bytes;
}
