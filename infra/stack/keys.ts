import { RemovalPolicy, Tags } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { Statement } from "#infra/policies.ts";
import { type KeyName, platformKeyOwner } from "#infra/rights.ts";

/**
 * What the account's administrators may do with a key: look after it, not use it. `CreateGrant` is left out, for a grant
 * would hand out its use past this policy.
 */
const administration = [
  ...["Describe*", "Get*", "List*", "Enable*", "Disable*", "TagResource", "UntagResource", "PutKeyPolicy"],
  ...["UpdateKeyDescription", "CreateAlias", "UpdateAlias", "DeleteAlias", "RotateKeyOnDemand"],
  ...["ScheduleKeyDeletion", "CancelKeyDeletion"],
].map((action) => `kms:${action}`);

/** The platform's keys. A key policy and the identity policy of a role must both allow a use of one. */
export class Keys extends Construct {
  readonly keys: Readonly<Record<KeyName, kms.Key>>;

  constructor(scope: Construct, id: string, { deploymentName }: { readonly deploymentName: string }) {
    super(scope, id);
    this.keys = {
      sealing: new kms.Key(this, "Sealing", {
        ...kept,
        alias: `${deploymentName}-sealing`,
        description: "Wraps the private halves of tenants' sealing keys, by encryption context.",
        policy: administered(),
        enableKeyRotation: true,
      }),
      transit: new kms.Key(this, "Transit", {
        ...kept,
        alias: `${deploymentName}-transit`,
        description: "Wraps data keys of tenants' named keys, by encryption context.",
        policy: administered(),
        enableKeyRotation: true,
      }),
      // KMS does not rotate HMAC keys: digests made before would never be found again.
      digests: new kms.Key(this, "Digests", {
        ...kept,
        alias: `${deploymentName}-digests`,
        description: "Derives the keys of digests by which mail is recognised.",
        policy: administered(),
        keySpec: kms.KeySpec.HMAC_256,
        keyUsage: kms.KeyUsage.GENERATE_VERIFY_MAC,
      }),
      checkpoints: new kms.Key(this, "Checkpoints", {
        ...kept,
        alias: `${deploymentName}-checkpoints`,
        description: "Signs the logs' checkpoints.",
        policy: administered(),
        keySpec: kms.KeySpec.ECC_NIST_EDWARDS25519,
        keyUsage: kms.KeyUsage.SIGN_VERIFY,
      }),
      receipts: new kms.Key(this, "Receipts", {
        ...kept,
        alias: `${deploymentName}-receipts`,
        description: "Signs what a reporter is given to show that a report was taken.",
        policy: administered(),
        keySpec: kms.KeySpec.ECC_NIST_P256,
        keyUsage: kms.KeyUsage.SIGN_VERIFY,
      }),
      api: new kms.Key(this, "Api", {
        ...kept,
        alias: `${deploymentName}-api`,
        description: "Makes the secret under which the API seals cursors and keeps answers.",
        policy: administered(),
        keySpec: kms.KeySpec.HMAC_256,
        keyUsage: kms.KeyUsage.GENERATE_VERIFY_MAC,
      }),
      // Apart from the key for digests: who takes in addresses of subscribers can confirm no guess about a mail.
      subscribers: new kms.Key(this, "Subscribers", {
        ...kept,
        alias: `${deploymentName}-subscribers`,
        description: "Derives the keys by which subscribers' addresses are found again.",
        policy: administered(),
        keySpec: kms.KeySpec.HMAC_256,
        keyUsage: kms.KeyUsage.GENERATE_VERIFY_MAC,
      }),
    };
    // Rights on tenants' keys go by this tag, and none lets a tag be changed that is there.
    Tags.of(this).add("tenant", platformKeyOwner);
  }
}

const kept = { removalPolicy: RemovalPolicy.RETAIN } as const;

/**
 * Lets one role use a key as a statement of its identity policy says, and only so. The account is the principal and the role
 * a condition: this adds to what the identity policy must say, and does not need the role to be there first.
 */
export function allowUse(key: kms.Key, roleArn: string, { Action, Condition = {} }: Statement): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.AccountRootPrincipal()],
      actions: [...Action],
      resources: ["*"],
      conditions: { ...Condition, ArnEquals: { "aws:PrincipalArn": roleArn } },
    }),
  );
}

/** In a key policy `*` is the key itself. */
function administered(): iam.PolicyDocument {
  const statement = { principals: [new iam.AccountRootPrincipal()], actions: administration, resources: ["*"] };
  return new iam.PolicyDocument({ statements: [new iam.PolicyStatement(statement)] });
}
