import {
  CancelKeyDeletionCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  KMSClient,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from "@aws-sdk/client-kms";
import { type Connection, clientOptions } from "#shared/aws/connection.ts";
import { CannotOpen } from "#shared/sealing/cannot-open.ts";
import { KeyUnavailable } from "#shared/sealing/vault.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import type { KeyPurpose } from "#shared/transit/key.ts";
import type { KeyService } from "#shared/transit/key-service.ts";

const kinds = {
  encryption: { KeySpec: "SYMMETRIC_DEFAULT", KeyUsage: "ENCRYPT_DECRYPT" },
  signing: { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" },
  hmac: { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
} as const satisfies Record<KeyPurpose, CreateKeyCommandInput>;

const ecdsa = { MessageType: "DIGEST", SigningAlgorithm: "ECDSA_SHA_256" } as const;
const hmac = { MacAlgorithm: "HMAC_SHA_256" } as const;

/** Named keys over KMS, by one tenant's credentials. */
export function connectKeyService(
  connection: Connection & { readonly tenant: TenantId; readonly platformKey: string },
): KeyService {
  const client = new KMSClient(clientOptions(connection));
  const { platformKey } = connection;
  const isForeign = (kmsKey: string) => accountOf(kmsKey) !== accountOf(platformKey);
  const asked = <Answer>(kmsKey: string, ask: () => Promise<Answer>) => answered(isForeign(kmsKey), ask);
  return {
    platformKey,

    async newDataKey({ kmsKey: KeyId, context: EncryptionContext }) {
      const answer = await asked(KeyId, () =>
        client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext })),
      );
      return { plaintext: present(answer.Plaintext), wrapped: present(answer.CiphertextBlob) };
    },

    async wrap({ kmsKey: KeyId, context: EncryptionContext }, Plaintext) {
      const answer = await asked(KeyId, () => client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext })));
      return present(answer.CiphertextBlob);
    },

    async unwrap({ kmsKey: KeyId, context: EncryptionContext }, CiphertextBlob) {
      const answer = await asked(KeyId, () =>
        client.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionContext })),
      );
      return present(answer.Plaintext);
    },

    async rewrap(CiphertextBlob, from, to) {
      const answer = await asked([from.kmsKey, to.kmsKey].find(isForeign) ?? to.kmsKey, () =>
        client.send(
          new ReEncryptCommand({
            CiphertextBlob,
            SourceKeyId: from.kmsKey,
            SourceEncryptionContext: from.context,
            DestinationKeyId: to.kmsKey,
            DestinationEncryptionContext: to.context,
          }),
        ),
      );
      return present(answer.CiphertextBlob);
    },

    async publicKey(KeyId) {
      return present((await asked(KeyId, () => client.send(new GetPublicKeyCommand({ KeyId })))).PublicKey);
    },

    async signDigest(KeyId, Message) {
      return present((await asked(KeyId, () => client.send(new SignCommand({ KeyId, Message, ...ecdsa })))).Signature);
    },

    verifiesDigest: (KeyId, Message, Signature) =>
      unlessRefused("KMSInvalidSignatureException", () =>
        asked(KeyId, () => client.send(new VerifyCommand({ KeyId, Message, Signature, ...ecdsa }))),
      ),

    async mac(KeyId, Message) {
      return present((await asked(KeyId, () => client.send(new GenerateMacCommand({ KeyId, Message, ...hmac })))).Mac);
    },

    verifiesMac: (KeyId, Message, Mac) =>
      unlessRefused("KMSInvalidMacException", () =>
        asked(KeyId, () => client.send(new VerifyMacCommand({ KeyId, Message, Mac, ...hmac }))),
      ),

    async create(purpose, Description) {
      const Tags = [{ TagKey: "tenant", TagValue: connection.tenant }];
      const { KeyMetadata } = await client.send(new CreateKeyCommand({ ...kinds[purpose], Description, Tags }));
      if (KeyMetadata?.Arn === undefined) throw new Error("KMS answered without the ARN of the key that it made.");
      return KeyMetadata.Arn;
    },

    whyNotExternal: (kmsKey) => whyNotExternal(kmsKey, platformKey),

    async disable(KeyId) {
      await client.send(new DisableKeyCommand({ KeyId }));
    },

    async enable(KeyId) {
      await client.send(new EnableKeyCommand({ KeyId }));
    },

    async scheduleDeletion(KeyId, PendingWindowInDays) {
      await unlessRefused("KMSInvalidStateException", () =>
        client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays })),
      );
    },

    async cancelDeletion(KeyId) {
      await unlessRefused("KMSInvalidStateException", () => client.send(new CancelKeyDeletionCommand({ KeyId })));
    },
  };
}

const keyArn =
  /^arn:aws:kms:([a-z0-9-]+):(\d{12}):key\/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

const accountOf = (arn: string): string | undefined => arn.split(":")[4];

/** KMS reaches other accounts, but not other regions; a key of this account is made, never named. */
function whyNotExternal(kmsKey: string, platformKey: string): string | undefined {
  const [, region, account] = keyArn.exec(kmsKey) ?? [];
  if (region === undefined) return "Give the ARN of a KMS key: arn:aws:kms:<region>:<account>:key/<id>, not an alias.";
  const ownRegion = platformKey.split(":")[3] ?? "";
  if (region !== ownRegion) return `Give a key in the region ${ownRegion}: KMS keys work in their own region alone.`;
  if (account === accountOf(platformKey)) return "This key is in Candor's own account. Give one of your AWS account.";
  return undefined;
}

/** Ends of a call that say: not sealed with this key in this context. Nothing tells them apart. */
const wrong = ["InvalidCiphertextException", "IncorrectKeyException"];
const off = ["DisabledException", "KMSInvalidStateException"];

async function answered<Answer>(foreign: boolean, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (wrong.includes(name)) throw new CannotOpen();
    if (off.includes(name))
      throw new KeyUnavailable("The KMS key of this version is shut off. Enable it, then ask again.", { cause: error });
    // In our own account a refusal would be our own fault.
    if (name === "NotFoundException" || (foreign && name === "AccessDeniedException"))
      throw new KeyUnavailable(
        "The KMS key of this version is gone, or its policy does not let Candor use it. Check it in its account, then ask again.",
        { cause: error },
      );
    throw error;
  }
}

/** Whether KMS did it; false where it refuses with this error: a signature that is not one, or a state that is so already. */
async function unlessRefused(refusal: string, ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === refusal) return false;
    throw error;
  }
}

function present(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new Error("KMS answered without the bytes it was asked for.");
  return bytes;
}
