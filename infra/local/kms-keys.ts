import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  NotFoundException,
} from "@aws-sdk/client-kms";
import { hostClient } from "#infra/local/host-client.ts";
import type { KeyName } from "#infra/rights.ts";

export const keyAliases = {
  sealing: "alias/candor-sealing",
  digests: "alias/candor-digests",
  transit: "alias/candor-transit",
} as const satisfies Record<KeyName, string>;

/** Makes the keys where they are missing, and tells their ARNs. */
export async function ensureKeys(endpoint: string): Promise<Readonly<Record<KeyName, string>>> {
  const client = new KMSClient(hostClient(endpoint));
  const [sealing, digests, transit] = await Promise.all([
    ensureKey(client, keyAliases.sealing, { KeySpec: "SYMMETRIC_DEFAULT", KeyUsage: "ENCRYPT_DECRYPT" }),
    ensureKey(client, keyAliases.digests, { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }),
    ensureKey(client, keyAliases.transit, { KeySpec: "SYMMETRIC_DEFAULT", KeyUsage: "ENCRYPT_DECRYPT" }),
  ]);
  client.destroy();
  return { sealing, digests, transit };
}

async function ensureKey(
  client: KMSClient,
  AliasName: string,
  spec: {
    readonly KeySpec: "SYMMETRIC_DEFAULT" | "HMAC_256";
    readonly KeyUsage: "ENCRYPT_DECRYPT" | "GENERATE_VERIFY_MAC";
  },
): Promise<string> {
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: AliasName }));
    return KeyMetadata?.Arn ?? AliasName;
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
  }
  const { KeyMetadata } = await client.send(new CreateKeyCommand({ ...spec, Description: AliasName }));
  await client.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
  return KeyMetadata?.Arn ?? AliasName;
}
