/**
 * The IAM policies of every principal, as plain statements, from the same table of rights that the one-machine gate reads.
 * Names of resources may be CDK's tokens. References: "Using IAM policy conditions for fine-grained access control" (DynamoDB
 * Developer Guide), "Policy condition keys" (Amazon S3, AWS KMS, Amazon SES), "Passing session tags in AWS STS" (IAM).
 */
import type { DoorName, QueueName } from "#infra/doors.ts";
import {
  type BucketName,
  type KeyName,
  notATenant,
  type Principal,
  type Right,
  rights,
  type TenantRole,
} from "#infra/rights.ts";
import { statementKeyOwner } from "#shared/signing/signing-key.ts";

export interface Statement {
  readonly Effect: "Allow";
  readonly Principal?: { readonly AWS: readonly string[] };
  readonly Action: readonly string[];
  /** Absent in a trust policy. */
  readonly Resource?: readonly string[];
  readonly Condition?: Conditions;
}
type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** ARNs, and the domain that mail is sent from. */
export interface PolicyResources {
  readonly table: string;
  readonly buckets: Readonly<Record<BucketName, string>>;
  readonly keys: Readonly<Record<KeyName, string>>;
  /** Keys of this account, whichever: `arn:aws:kms:<region>:<account>:key/*`. */
  readonly ownKeys: string;
  /** Keys of any account in this region: `arn:aws:kms:<region>:*:key/*`. */
  readonly anyKeys: string;
  readonly account: string;
  readonly queues: Readonly<Record<QueueName, string>>;
  readonly roles: Readonly<Record<TenantRole, string>>;
  readonly mailIdentity: string;
  readonly configurationSet: string;
  readonly mailDomain: string;
}

/** What a principal may do, as statements of its identity policy. */
export function statementsFor(principal: Principal, resources: PolicyResources): readonly Statement[] {
  const held = rights[principal];
  return [...tableStatements(held, resources), ...held.flatMap((right) => statementOf(right, resources))];
}

/** Who may assume a tenant role, and with which tags: the role's trust policy. `doors`: ARNs of the doors' own roles. */
export function trustPolicyFor(role: TenantRole, doors: Readonly<Record<DoorName, string>>): readonly Statement[] {
  const assumers = (Object.keys(doors) as DoorName[]).filter((door) =>
    rights[door].some((right) => right.on === "role" && right.role === role),
  );
  const AWS = assumers.map((door) => doors[door]);
  return [{ Effect: "Allow", Principal: { AWS }, Action: ["sts:AssumeRole", "sts:TagSession"], Condition: oneTenant }];
}

/** Exactly the tag `tenant`, and not empty. `StringLike` is false where the tag is missing. */
const oneTenant: Conditions = {
  StringLike: { "aws:RequestTag/tenant": "?*" },
  "ForAllValues:StringEquals": { "aws:TagKeys": ["tenant"] },
};

interface TableGrant {
  readonly index: string | undefined;
  readonly actions: string[];
  readonly keys: readonly string[];
}

/**
 * One statement for each set of partitions. All partitions of an action stand together, for `ForAllValues` wants one statement
 * that covers every key of a request.
 */
function tableStatements(held: readonly Right[], { table }: PolicyResources): readonly Statement[] {
  return tableGrants(held).map(({ index, actions, keys }) => ({
    Effect: "Allow",
    Action: actions,
    Resource: [index === undefined ? table : `${table}/index/${index}`],
    Condition: {
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys.map(tagged) },
      // ForAllValues is true of no values at all.
      Null: { "dynamodb:LeadingKeys": "false" },
      // A write must not answer with the item that was there: some may write what they may not read.
      StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" },
    },
  }));
}

function tableGrants(held: readonly Right[]): readonly TableGrant[] {
  const grants = new Map<string, TableGrant>();
  for (const [name, { index, action, keys }] of partitionsByAction(held)) {
    const signature = JSON.stringify([name.split(" ")[0], [...keys].sort()]);
    const grant = grants.get(signature);
    if (grant) grant.actions.push(action);
    else grants.set(signature, { index, actions: [action], keys: [...keys].sort() });
  }
  return [...grants.values()];
}

function partitionsByAction(held: readonly Right[]) {
  const found = new Map<string, { index: string | undefined; action: string; keys: Set<string> }>();
  for (const right of held) {
    if (right.on !== "table") continue;
    for (const action of right.actions) {
      const name = `${right.index ?? ""} ${action}`;
      const entry = found.get(name) ?? { index: right.index, action, keys: new Set() };
      for (const key of right.keys) entry.keys.add(key);
      found.set(name, entry);
    }
  }
  return found;
}

function statementOf(right: Right, resources: PolicyResources): readonly Statement[] {
  switch (right.on) {
    case "table":
      return [];
    case "bucket":
      return bucketStatements(right, resources.buckets[right.bucket]);
    case "key":
      return [allow(right.actions, [resources.keys[right.key]], contextCondition(right.context))];
    case "tenant-keys":
      return [allow(right.actions, [resources.ownKeys], bothOf(ownedByTenant, contextCondition(right.context)))];
    case "any-tenants-keys":
      return [allow(right.actions, [resources.ownKeys], bothOf(ownedBySomeTenant, contextCondition(right.context)))];
    case "new-tenant-key":
      return newKeyStatements(resources, taggedForTenant);
    case "statement-keys":
      return [allow(right.actions, [resources.ownKeys], { StringLike: { "aws:ResourceTag/tenant": anyStatementKey } })];
    case "new-statement-key":
      return newKeyStatements(resources, taggedForStatements);
    case "foreign-keys": {
      const elsewhere = {
        StringNotEquals: { "aws:ResourceAccount": resources.account },
        // StringNotEquals is true of no value at all.
        Null: { "aws:ResourceAccount": "false" },
      };
      return [allow(right.actions, [resources.anyKeys], bothOf(elsewhere, contextCondition(right.context)))];
    }
    case "queue":
      return [allow(right.actions, [resources.queues[right.queue]])];
    case "mail": {
      const senders = [`*@${resources.mailDomain}`, `*@*.${resources.mailDomain}`];
      const through = [resources.mailIdentity, resources.configurationSet];
      return [allow(right.actions, through, { StringLike: { "ses:FromAddress": senders } })];
    }
    case "role":
      return [allow(right.actions, [resources.roles[right.role]], oneTenant)];
  }
}

/** Listing is a right on the bucket, everything else one on its objects. */
function bucketStatements(right: Extract<Right, { on: "bucket" }>, bucket: string): readonly Statement[] {
  const prefix = `${tagged(right.prefix)}*`;
  const onObjects: string[] = right.actions.filter((action) => action !== "s3:ListBucket");
  if (onObjects.includes("s3:PutObject")) onObjects.push("s3:AbortMultipartUpload");
  const statements = onObjects.length > 0 ? [allow(onObjects, [`${bucket}/${prefix}`])] : [];
  if (!right.actions.includes("s3:ListBucket")) return statements;
  const condition = right.prefix === "" ? undefined : { StringLike: { "s3:prefix": prefix } };
  return [...statements, allow(["s3:ListBucket"], [bucket], condition)];
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's placeholder.
const sessionTenant = "${aws:PrincipalTag/tenant}";

/** The key's own tag says whose it is. */
const ownedByTenant: Conditions = { StringEquals: { "aws:ResourceTag/tenant": sessionTenant } };

/** The key's own tag says that it is a tenant's. `StringNotLike` is true of no value at all, `StringLike` is not. */
const ownedBySomeTenant: Conditions = {
  StringLike: { "aws:ResourceTag/tenant": "?*" },
  StringNotLike: { "aws:ResourceTag/tenant": `${notATenant}*` },
};

/** The tag that a new key gets is the session's, and the only one. */
const taggedForTenant: Conditions = {
  StringEquals: { "aws:RequestTag/tenant": sessionTenant },
  "ForAllValues:StringEquals": { "aws:TagKeys": ["tenant"] },
};

const anyStatementKey = `${statementKeyOwner}*`;
const taggedForStatements: Conditions = {
  StringLike: { "aws:RequestTag/tenant": anyStatementKey },
  "ForAllValues:StringEquals": { "aws:TagKeys": ["tenant"] },
};

/** CreateKey is about no key that could be named, and tags of a new key need a right of their own: on keys without an owner. */
function newKeyStatements({ ownKeys }: PolicyResources, tagged: Conditions): readonly Statement[] {
  return [
    allow(["kms:CreateKey"], ["*"], tagged),
    allow(["kms:TagResource"], [ownKeys], bothOf(tagged, { Null: { "aws:ResourceTag/tenant": "true" } })),
  ];
}

/** Both conditions at once. */
function bothOf(one: Conditions, other: Conditions = {}): Conditions {
  const operators = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(operators.map((operator) => [operator, { ...one[operator], ...other[operator] }]));
}

function contextCondition(context: Readonly<Record<string, string | readonly string[]>>): Conditions | undefined {
  const wanted = Object.entries(context).map(([name, values]) => [
    `kms:EncryptionContext:${name}`,
    typeof values === "string" ? tagged(values) : values.map(tagged),
  ]);
  return wanted.length === 0 ? undefined : { StringEquals: Object.fromEntries(wanted) };
}

function allow(Action: readonly string[], Resource: readonly string[], Condition?: Conditions): Statement {
  return { Effect: "Allow", Action, Resource, ...(Condition && { Condition }) };
}

/** The tenant of the session, where the table of rights has its placeholder. */
function tagged(pattern: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: both are placeholders, ours and IAM's.
  return pattern.replaceAll("${tenant}", () => "${aws:PrincipalTag/tenant}");
}
