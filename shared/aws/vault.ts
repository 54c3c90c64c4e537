import { DecryptCommand, EncryptCommand, GenerateMacCommand, KMSClient } from "@aws-sdk/client-kms";
import { type Connection, clientOptions } from "#shared/aws/connection.ts";
import { type Digester, KeyUnavailable, type Unwrapper, type Wrapper } from "#shared/sealing/vault.ts";

/** Wraps under a KMS key; has no way to unwrap. */
export function connectWrapper(connection: Connection & { readonly keyId: string }): Wrapper {
  const client = new KMSClient(clientOptions(connection));
  return {
    async wrap(Plaintext, EncryptionContext) {
      const { CiphertextBlob } = await client.send(
        new EncryptCommand({ KeyId: connection.keyId, Plaintext, EncryptionContext }),
      );
      return present(CiphertextBlob);
    },
  };
}

/** Unwraps under a KMS key. */
export function connectUnwrapper(connection: Connection & { readonly keyId: string }): Unwrapper {
  const client = new KMSClient(clientOptions(connection));
  return {
    async unwrap(CiphertextBlob, EncryptionContext) {
      try {
        const { Plaintext } = await client.send(
          new DecryptCommand({ KeyId: connection.keyId, CiphertextBlob, EncryptionContext }),
        );
        return present(Plaintext);
      } catch (error) {
        if (error instanceof Error && ["DisabledException", "KMSInvalidStateException"].includes(error.name)) {
          throw new KeyUnavailable("The key is shut off. Enable it in KMS, then ask again.", { cause: error });
        }
        throw error;
      }
    },
  };
}

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
