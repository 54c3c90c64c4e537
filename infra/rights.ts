/**
 * Who may do what: the one table of rights. CDK writes the IAM policies from it, and on one machine the gate in front of the
 * stand-ins refuses what it does not grant. No door gets Scan, PartiQL or a wildcard that another tenant's slug could match.
 *
 * A principal is a door, or a role that a door assumes with the session tag `tenant`; `${tenant}` in a pattern stands for that
 * tag (`${aws:PrincipalTag/tenant}` in IAM), and never matches where the session has no such tag.
 */
import type { DoorName, QueueName } from "#infra/doors.ts";
import { inboxPartition, partitions } from "#shared/store/keys.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";

/** A role that a door takes on for one tenant. */
export type TenantRole = "admin-api-tenant";
export type Principal = DoorName | TenantRole;

export type KeyName = "sealing" | "digests";
export type BucketName = "raw" | "sealed";

export type Right =
  /** `keys`: patterns of partition keys (`dynamodb:LeadingKeys`), each ending in `#` or `#*`. With `index` the right is on that index only. */
  | {
      readonly on: "table";
      readonly index?: "inbox" | "due";
      readonly actions: readonly TableAction[];
      readonly keys: readonly string[];
    }
  /** `prefix`: object keys begin with it. */
  | {
      readonly on: "bucket";
      readonly bucket: BucketName;
      readonly actions: readonly BucketAction[];
      readonly prefix: string;
    }
  /** `context`: pairs that the KMS encryption context must have; a list means one of them. */
  | {
      readonly on: "key";
      readonly key: KeyName;
      readonly actions: readonly KeyAction[];
      readonly context: Readonly<Record<string, string | readonly string[]>>;
    }
  | { readonly on: "queue"; readonly queue: QueueName; readonly actions: readonly "sqs:SendMessage"[] }
  /** Sending as any address of the mail domain. */
  | { readonly on: "mail"; readonly actions: readonly "ses:SendRawEmail"[] }
  /** Assuming a tenant role with the tag `tenant`, and no other. */
  | { readonly on: "role"; readonly role: TenantRole; readonly actions: readonly ["sts:AssumeRole", "sts:TagSession"] };

type TableAction =
  | "dynamodb:GetItem"
  | "dynamodb:BatchGetItem"
  | "dynamodb:Query"
  | "dynamodb:PutItem"
  | "dynamodb:UpdateItem"
  | "dynamodb:DeleteItem"
  | "dynamodb:ConditionCheckItem";
type BucketAction = "s3:GetObject" | "s3:PutObject" | "s3:DeleteObject" | "s3:ListBucket";
type KeyAction = "kms:Encrypt" | "kms:Decrypt" | "kms:GenerateMac";

/** The pattern of a partition over all tenants: `REPORT#*`. */
const every = (partition: string): string => `${partition.slice(0, partition.indexOf("#"))}#*`;
const anyTenant = "x" as TenantId;
const all = {
  tenant: every(partitions.tenant(anyTenant)),
  members: every(partitions.members(anyTenant)),
  address: every(partitions.address("x")),
  sealing: every(partitions.sealing(anyTenant)),
  report: every(partitions.report(anyTenant, "x")),
  clocks: every(partitions.clocks(anyTenant)),
  audit: every(partitions.audit(anyTenant)),
  outbox: every(partitions.outbox(anyTenant)),
  sent: every(partitions.sent("x")),
  received: every(partitions.received("x")),
  seen: every(partitions.seen(anyTenant)),
  senders: every(partitions.senders(anyTenant)),
  reply: every(partitions.reply("x")),
  quarantine: every(partitions.quarantine(anyTenant)),
  unrouted: every(partitions.unrouted("x")),
} as const;

// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of this table, see above.
const tagged = "${tenant}" as TenantId;

export const rights: Readonly<Record<Principal, readonly Right[]>> = {
  "trust-site": [{ on: "table", actions: ["dynamodb:GetItem"], keys: [all.tenant] }],

  // Takes a mail in and can't read back what it wrote: no Decrypt, no read on reports, quarantine or outbox.
  "inbound-mail": [
    { on: "bucket", bucket: "raw", actions: ["s3:GetObject", "s3:DeleteObject"], prefix: "inbound/" },
    { on: "bucket", bucket: "sealed", actions: ["s3:PutObject"], prefix: "" },
    { on: "table", actions: ["dynamodb:GetItem"], keys: [all.tenant, all.address, all.sealing] },
    {
      on: "table",
      actions: ["dynamodb:BatchGetItem"],
      keys: [all.received, all.seen, all.senders, all.reply, all.sent],
    },
    {
      on: "table",
      actions: ["dynamodb:PutItem"],
      keys: [
        all.report,
        all.clocks,
        all.audit,
        all.outbox,
        all.received,
        all.seen,
        all.reply,
        all.sealing,
        all.quarantine,
        all.unrouted,
      ],
    },
    { on: "table", actions: ["dynamodb:UpdateItem"], keys: [all.report, all.senders, all.outbox] },
    {
      on: "key",
      key: "sealing",
      actions: ["kms:Encrypt"],
      context: { purpose: ["conversation", "outbox", "quarantine"] },
    },
    { on: "key", key: "digests", actions: ["kms:GenerateMac"], context: {} },
  ],

  // Sees names of stored mails, never a byte of one.
  "mail-sweep": [
    { on: "bucket", bucket: "raw", actions: ["s3:ListBucket"], prefix: "inbound/" },
    { on: "queue", queue: "inbound", actions: ["sqs:SendMessage"] },
  ],

  // Opens what waits to be sent and nothing else.
  outbox: [
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], keys: [all.outbox] },
    { on: "table", actions: ["dynamodb:GetItem"], keys: [all.sealing] },
    { on: "table", actions: ["dynamodb:UpdateItem"], keys: [all.clocks] },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [all.sent, all.audit] },
    { on: "key", key: "sealing", actions: ["kms:Decrypt"], context: { purpose: "outbox" } },
    { on: "mail", actions: ["ses:SendRawEmail"] },
  ],

  "outbox-sweep": [
    { on: "table", index: "due", actions: ["dynamodb:Query"], keys: ["DUE#outbox#*"] },
    { on: "queue", queue: "outbox", actions: ["sqs:SendMessage"] },
  ],

  "mail-feedback": [
    { on: "table", actions: ["dynamodb:GetItem"], keys: [all.sent] },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], keys: [all.outbox] },
    { on: "table", actions: ["dynamodb:UpdateItem"], keys: [all.clocks] },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [all.sent, all.audit] },
  ],

  // Before it knows who asks it can look up a membership; all else it does as the tenant's role.
  "admin-api": [
    { on: "table", actions: ["dynamodb:GetItem"], keys: [all.members] },
    { on: "role", role: "admin-api-tenant", actions: ["sts:AssumeRole", "sts:TagSession"] },
  ],
  "admin-api-tenant": [
    {
      on: "table",
      actions: ["dynamodb:GetItem"],
      keys: [
        partitions.tenant(tagged),
        partitions.sealing(tagged),
        partitions.clocks(tagged),
        partitions.outbox(tagged),
      ],
    },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query"],
      keys: [`REPORT#${tagged}#*`, partitions.quarantine(tagged)],
    },
    { on: "table", index: "inbox", actions: ["dynamodb:Query"], keys: [inboxPartition(tagged)] },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [partitions.audit(tagged)] },
    { on: "bucket", bucket: "sealed", actions: ["s3:GetObject"], prefix: `${tagged}/` },
    {
      on: "key",
      key: "sealing",
      actions: ["kms:Decrypt"],
      context: { purpose: ["conversation", "quarantine"], tenant: tagged },
    },
  ],
};
