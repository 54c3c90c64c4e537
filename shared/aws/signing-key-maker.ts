import { CreateKeyCommand, GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { type Connection, clientOptions } from "#shared/aws/connection.ts";
import { type MadeKey, statementKeyOwner } from "#shared/signing/signing-key.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";

/** Makes P-256 keys to sign with. */
export function connectKeyMaker(connection: Connection): (tenant: TenantId) => Promise<MadeKey> {
  const client = new KMSClient(clientOptions(connection));
  return async (tenant) => {
    const { KeyMetadata } = await client.send(
      new CreateKeyCommand({
        KeySpec: "ECC_NIST_P256",
        KeyUsage: "SIGN_VERIFY",
        Description: `Signs what Candor states for ${tenant}.`,
        Tags: [{ TagKey: "tenant", TagValue: `${statementKeyOwner}${tenant}` }],
      }),
    );
    if (KeyMetadata?.Arn === undefined) throw new Error("KMS answered without the ARN of the key that it made.");
    return await publicHalf(client, KeyMetadata.Arn);
  };
}

/** A key that is there, with its public half. */
export async function fetchPublicKey(connection: Connection, kmsKey: string): Promise<MadeKey> {
  return await publicHalf(new KMSClient(clientOptions(connection)), kmsKey);
}

async function publicHalf(client: KMSClient, kmsKey: string): Promise<MadeKey> {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: kmsKey }));
  if (PublicKey === undefined) throw new Error("KMS answered without the public key that it was asked for.");
  return { kmsKey, spki: PublicKey };
}
