import {
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DescribeKeyCommand,
  KMSClient,
  NotFoundException,
} from "@aws-sdk/client-kms";
import { type KeyName, platformKeyOwner } from "#infra/rights.ts";
import { hostClient } from "./host-client.ts";

export const keyAliases = {
  sealing: "alias/candor-sealing",
  digests: "alias/candor-digests",
  transit: "alias/candor-transit",
  checkpoints: "alias/candor-checkpoints",
  receipts: "alias/candor-receipts",
  api: "alias/candor-api",
  subscribers: "alias/candor-subscribers",
} as const satisfies Record<KeyName, string>;

const encryption = { KeySpec: "SYMMETRIC_DEFAULT", KeyUsage: "ENCRYPT_DECRYPT" } as const;
const specs = {
  sealing: encryption,
  digests: { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
  transit: encryption,
  checkpoints: { KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" },
  receipts: { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" },
  api: { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
  subscribers: { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
} as const satisfies Record<KeyName, Pick<CreateKeyCommandInput, "KeySpec" | "KeyUsage">>;
type Spec = (typeof specs)[KeyName];

/** Makes the keys where they are missing, and tells their ARNs. */
export async function ensureKeys(endpoint: string): Promise<Readonly<Record<KeyName, string>>> {
  const client = new KMSClient(hostClient(endpoint));
  const names = Object.keys(specs) as KeyName[];
  const arns = await Promise.all(
    names.map(async (name) => [name, await ensureKey(client, keyAliases[name], specs[name])] as const),
  );
  client.destroy();
  return Object.fromEntries(arns) as Record<KeyName, string>;
}

async function ensureKey(client: KMSClient, AliasName: string, spec: Spec): Promise<string> {
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: AliasName }));
    return KeyMetadata?.Arn ?? AliasName;
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
  }
  const Tags = [{ TagKey: "tenant", TagValue: platformKeyOwner }];
  const { KeyMetadata } = await client.send(new CreateKeyCommand({ ...spec, Description: AliasName, Tags }));
  await client.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
  return KeyMetadata?.Arn ?? AliasName;
}
