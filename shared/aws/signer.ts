import {
  GetPublicKeyCommand,
  KMSClient,
  type MessageType,
  SignCommand,
  type SigningAlgorithmSpec,
} from "@aws-sdk/client-kms";
import { type Connection, clientOptions } from "#shared/aws/connection.ts";
import { KeyUnavailable } from "#shared/sealing/vault.ts";
import { type PublicKey, readSpki } from "#shared/signing/public-key.ts";
import type { Signer } from "#shared/signing/signer.ts";

export interface SigningKey extends Connection {
  /** Id or ARN; an alias could come to mean another key under us. */
  readonly keyId: string;
  /** DER SubjectPublicKeyInfo where it is known already: saves asking KMS for it. */
  readonly spki?: Uint8Array | undefined;
}

/**
 * A signer with a KMS key behind it, of spec ECC_NIST_P256 or ECC_NIST_EDWARDS25519. No KMS call where `spki` is given, else one.
 * @throws Malformed for a key of another spec; KeyUnavailable while the key is shut off
 */
export async function connectSigner(key: SigningKey): Promise<Signer> {
  const client = new KMSClient(clientOptions(key));
  const publicKey = readSpki(key.spki ?? (await fetchSpki(client, key.keyId)));
  const signAs = (SigningAlgorithm: SigningAlgorithmSpec, MessageType: MessageType) => (Message: Uint8Array) =>
    whileAvailable(async () => {
      const answer = await client.send(new SignCommand({ KeyId: key.keyId, Message, MessageType, SigningAlgorithm }));
      return present(answer.Signature);
    });
  return signerOf(publicKey, signAs);
}

type SignAs = (algorithm: SigningAlgorithmSpec, type: MessageType) => (message: Uint8Array) => Promise<Uint8Array>;

function signerOf(publicKey: PublicKey, signAs: SignAs): Signer {
  if (publicKey.algorithm === "ES256")
    return { algorithm: "ES256", publicKey, signDigest: signAs("ECDSA_SHA_256", "DIGEST") };
  return { algorithm: "Ed25519", publicKey, signMessage: signAs("ED25519_SHA_512", "RAW") };
}

async function fetchSpki(client: KMSClient, KeyId: string): Promise<Uint8Array> {
  return whileAvailable(async () => present((await client.send(new GetPublicKeyCommand({ KeyId }))).PublicKey));
}

async function whileAvailable<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && ["DisabledException", "KMSInvalidStateException"].includes(error.name))
      throw new KeyUnavailable("The signing key is shut off. Enable it in KMS, then sign again.", { cause: error });
    throw error;
  }
}

function present(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new Error("KMS answered without the bytes it was asked for.");
  return bytes;
}
