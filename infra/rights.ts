/**
 * Who may do what: the one table of rights. CDK writes the IAM policies from it, and on one machine the gate in front of the
 * stand-ins refuses what it does not grant. No door gets Scan, PartiQL or a wildcard that another tenant's slug could match.
 *
 * A principal is a door, or a role that a door assumes with the session tag `tenant`; `${tenant}` in a pattern stands for that
 * tag (`${aws:PrincipalTag/tenant}` in IAM), and never matches where the session has no such tag.
 */
import type { DoorName, QueueName } from "#infra/doors.ts";
import { inboxPartition, partitions, platform, publicLogName } from "#shared/store/keys.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";

/** A role that a door takes on for one tenant. */
export type TenantRole = "admin-api-tenant" | "jobs-tenant" | "publisher-tenant";
export type Principal = DoorName | TenantRole;

export type KeyName = "sealing" | "digests" | "transit" | "checkpoints" | "receipts" | "api" | "subscribers";
export type BucketName = "raw" | "sealed" | "ledger" | "releases" | "exports";

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
  /** Any KMS key of this account that carries the session's tag `tenant`. `context` as above. */
  | {
      readonly on: "tenant-keys";
      readonly actions: readonly TenantKeyAction[];
      readonly context: Readonly<Record<string, string | readonly string[]>>;
    }
  /** Any KMS key of this account that is some tenant's own, for doors that work for all tenants. `context` as above. */
  | {
      readonly on: "any-tenants-keys";
      readonly actions: readonly KeyAction[];
      readonly context: Readonly<Record<string, string | readonly string[]>>;
    }
  /** Making such a key: with the session's tag `tenant` and no other tag. A key that has an owner is not tagged again. */
  | { readonly on: "new-tenant-key"; readonly actions: readonly ["kms:CreateKey", "kms:TagResource"] }
  /** KMS keys of other accounts. Their own policies decide too; the context is what they can rely on. */
  | {
      readonly on: "foreign-keys";
      readonly actions: readonly KeyAction[];
      readonly context: Readonly<Record<string, string | readonly string[]>>;
    }
  /**
   * KMS keys of this account with which Candor itself signs for tenants. Their tag `tenant` begins with `statementKeyOwner`, as no
   * tenant's name does: what is a tenant's own is never among them, nor they among that.
   */
  | { readonly on: "statement-keys"; readonly actions: readonly ("kms:Sign" | "kms:GetPublicKey")[] }
  /** Making such a key, with that tag and no other. */
  | { readonly on: "new-statement-key"; readonly actions: readonly ["kms:CreateKey", "kms:TagResource"] }
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
type KeyAction =
  | "kms:Encrypt"
  | "kms:Decrypt"
  | "kms:GenerateDataKey"
  | "kms:ReEncryptFrom"
  | "kms:ReEncryptTo"
  | "kms:GenerateMac"
  | "kms:Sign"
  | "kms:GetPublicKey";
type TenantKeyAction =
  | KeyAction
  | "kms:VerifyMac"
  | "kms:Verify"
  | "kms:DisableKey"
  | "kms:EnableKey"
  | "kms:ScheduleKeyDeletion"
  | "kms:CancelKeyDeletion";

/** The tag `tenant` of the platform's keys: with it nobody can make one his own by tagging it. */
export const platformKeyOwner = "@platform";
/** How the tag `tenant` of every key begins that is not a tenant's own. */
export const notATenant = "@";

/** The pattern of a partition over all tenants: `REPORT#*`. */
const every = (partition: string): string => `${partition.slice(0, partition.indexOf("#"))}#*`;
const anyTenant = "x" as TenantId;
const all = {
  tenant: every(partitions.tenant(anyTenant)),
  members: every(partitions.members(anyTenant)),
  issuers: every(partitions.issuers(anyTenant)),
  tokens: every(partitions.tokens(anyTenant)),
  trustRules: every(partitions.trustRules(anyTenant)),
  exchanged: every(partitions.exchanged("x")),
  address: every(partitions.address("x")),
  sealing: every(partitions.sealing(anyTenant)),
  namedKeys: every(partitions.namedKeys(anyTenant)),
  report: every(partitions.report(anyTenant, "x")),
  clocks: every(partitions.clocks(anyTenant)),
  audit: every(partitions.audit(anyTenant)),
  refusals: every(partitions.refusals(anyTenant)),
  outbox: every(partitions.outbox(anyTenant)),
  sent: every(partitions.sent("x")),
  received: every(partitions.received("x")),
  seen: every(partitions.seen(anyTenant)),
  senders: every(partitions.senders(anyTenant)),
  reply: every(partitions.reply("x")),
  quarantine: every(partitions.quarantine(anyTenant)),
  unrouted: every(partitions.unrouted("x")),
  log: every(partitions.log(anyTenant)),
  leaves: every(partitions.leaves(anyTenant)),
  entries: every(partitions.entries(anyTenant, 0)),
  signing: every(partitions.signing(anyTenant)),
  asked: every(partitions.asked(anyTenant)),
  published: every(partitions.published(anyTenant)),
  host: every(partitions.host("x")),
  hosts: every(partitions.hosts(anyTenant)),
  pending: every(partitions.pending(anyTenant)),
  releases: every(partitions.releases(anyTenant)),
  subscribers: every(partitions.subscribers(anyTenant)),
  news: every(partitions.news(anyTenant)),
} as const;

// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of this table, see above.
const tagged = "${tenant}" as TenantId;

const requestsOfOperators = partitions.idempotency(platform);

/** What named keys of a tenant do with data keys, and the context that all of them have. */
const wrapping = ["kms:GenerateDataKey", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"] as const;
const inTransit = { tenant: tagged, purpose: "transit" } as const;

/** What private keys of tenants are for, which stand wrapped under a version of the tenant's sealing key. */
const sealed = ["conversation", "outbox", "quarantine"] as const;
/** What a tenant's side opens: conversations, and mail that waits for a person. */
const opened = { purpose: ["conversation", "quarantine"], tenant: tagged } as const;
const moving = ["kms:ReEncryptFrom", "kms:ReEncryptTo"] as const;

export const rights: Readonly<Record<Principal, readonly Right[]>> = {
  "trust-site": [
    {
      on: "table",
      actions: ["dynamodb:GetItem"],
      keys: [all.tenant, all.published, all.host, all.hosts, partitions.log(publicLogName)],
    },
    { on: "table", actions: ["dynamodb:Query"], keys: [all.published] },
    { on: "bucket", bucket: "ledger", actions: ["s3:GetObject"], prefix: "public/" },
    { on: "bucket", bucket: "releases", actions: ["s3:GetObject"], prefix: "" },
  ],

  // Takes a mail in and can't read back what it wrote: no Decrypt, no read on reports, quarantine or outbox.
  "inbound-mail": [
    { on: "bucket", bucket: "raw", actions: ["s3:GetObject", "s3:DeleteObject"], prefix: "inbound/" },
    { on: "bucket", bucket: "sealed", actions: ["s3:PutObject"], prefix: "" },
    { on: "table", actions: ["dynamodb:GetItem"], keys: [all.tenant, all.address, all.sealing, all.namedKeys] },
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
      context: { purpose: [...sealed, "shelter"] },
    },
    { on: "any-tenants-keys", actions: ["kms:Encrypt"], context: { purpose: sealed } },
    { on: "foreign-keys", actions: ["kms:Encrypt"], context: { purpose: sealed } },
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
    { on: "any-tenants-keys", actions: ["kms:Decrypt"], context: { purpose: "outbox" } },
    { on: "foreign-keys", actions: ["kms:Decrypt"], context: { purpose: "outbox" } },
    { on: "mail", actions: ["ses:SendRawEmail"] },
  ],

  "outbox-sweep": [
    { on: "table", index: "due", actions: ["dynamodb:Query"], keys: ["DUE#outbox#*"] },
    { on: "queue", queue: "outbox", actions: ["sqs:SendMessage"] },
  ],

  "mail-feedback": [
    { on: "table", actions: ["dynamodb:DeleteItem"], keys: [all.subscribers] },
    { on: "table", actions: ["dynamodb:GetItem"], keys: [all.sent] },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], keys: [all.outbox] },
    { on: "table", actions: ["dynamodb:UpdateItem"], keys: [all.clocks] },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [all.sent, all.audit] },
  ],

  // Gives events their place in the logs and signs what is stated. It opens nothing, and no right of a tenant reaches its keys.
  notary: [
    { on: "table", actions: ["dynamodb:PutItem"], keys: [all.news] },
    {
      on: "table",
      index: "due",
      actions: ["dynamodb:Query"],
      keys: ["DUE#ledger#*", "DUE#renewal#*", "DUE#release#*"],
    },
    {
      on: "table",
      actions: ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      keys: [all.audit, all.pending],
    },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], keys: [all.log] },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:DeleteItem"], keys: [all.asked] },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [all.leaves, all.entries] },
    { on: "table", actions: ["dynamodb:Query"], keys: [all.entries] },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], keys: [all.signing] },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], keys: [all.published] },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], keys: [all.releases] },
    { on: "table", actions: ["dynamodb:GetItem"], keys: [all.tenant, partitions.leaves(publicLogName)] },
    { on: "bucket", bucket: "ledger", actions: ["s3:GetObject", "s3:PutObject"], prefix: "public/" },
    { on: "bucket", bucket: "ledger", actions: ["s3:GetObject", "s3:PutObject"], prefix: "audit/" },
    { on: "key", key: "checkpoints", actions: ["kms:Sign", "kms:GetPublicKey"], context: {} },
    { on: "key", key: "receipts", actions: ["kms:GetPublicKey"], context: {} },
    { on: "statement-keys", actions: ["kms:Sign", "kms:GetPublicKey"] },
    { on: "new-statement-key", actions: ["kms:CreateKey", "kms:TagResource"] },
  ],

  // Sees which jobs are due, and works on each as the tenant's role.
  jobs: [
    { on: "table", index: "due", actions: ["dynamodb:Query"], keys: ["DUE#job#*", "DUE#rotation#*", "DUE#shelter#*"] },
    { on: "queue", queue: "jobs", actions: ["sqs:SendMessage"] },
    { on: "role", role: "jobs-tenant", actions: ["sts:AssumeRole", "sts:TagSession"] },
  ],
  // Opens what an export takes out, makes keys, and moves what is wrapped from one to another inside KMS. It takes no KMS key away.
  "jobs-tenant": [
    // An erasure says so first, then takes away messages, their objects and keys, and mail of theirs.
    { on: "table", actions: ["dynamodb:Query", "dynamodb:PutItem"], keys: [partitions.erasures(tagged)] },
    { on: "table", actions: ["dynamodb:DeleteItem"], keys: [`REPORT#${tagged}#*`] },
    { on: "table", actions: ["dynamodb:Query", "dynamodb:DeleteItem"], keys: [partitions.outbox(tagged)] },
    { on: "bucket", bucket: "sealed", actions: ["s3:DeleteObject"], prefix: `${tagged}/` },
    // An export reads what the tenant has, and opens it.
    {
      on: "table",
      actions: ["dynamodb:Query"],
      keys: [
        partitions.tenant(tagged),
        partitions.members(tagged),
        partitions.tokens(tagged),
        partitions.issuers(tagged),
        partitions.trustRules(tagged),
        partitions.hosts(tagged),
        partitions.namedKeys(tagged),
        partitions.draft(tagged),
        partitions.revisions(tagged),
        partitions.releases(tagged),
        partitions.quarantine(tagged),
        `ENTRIES#${tagged}#*`,
      ],
    },
    { on: "table", actions: ["dynamodb:GetItem"], keys: [partitions.clocks(tagged), partitions.log(tagged)] },
    { on: "table", actions: ["dynamodb:BatchGetItem"], keys: [partitions.audit(tagged)] },
    { on: "bucket", bucket: "sealed", actions: ["s3:GetObject"], prefix: `${tagged}/` },
    { on: "bucket", bucket: "releases", actions: ["s3:GetObject"], prefix: `${tagged}/` },
    { on: "bucket", bucket: "ledger", actions: ["s3:GetObject"], prefix: `audit/${tagged}/` },
    { on: "bucket", bucket: "exports", actions: ["s3:PutObject"], prefix: `${tagged}/` },
    { on: "key", key: "sealing", actions: ["kms:Decrypt"], context: opened },
    { on: "tenant-keys", actions: ["kms:Decrypt"], context: opened },
    { on: "foreign-keys", actions: ["kms:Decrypt"], context: opened },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:PutItem"],
      keys: [partitions.jobs(tagged), partitions.namedKeys(tagged)],
    },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [partitions.audit(tagged)] },
    { on: "table", index: "inbox", actions: ["dynamodb:Query"], keys: [inboxPartition(tagged)] },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
      keys: [`REPORT#${tagged}#*`],
    },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], keys: [partitions.sealing(tagged)] },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:PutItem"], keys: [partitions.keyUsage(tagged)] },
    { on: "key", key: "sealing", actions: moving, context: { tenant: tagged, purpose: sealed } },
    { on: "key", key: "sealing", actions: ["kms:ReEncryptFrom"], context: { tenant: tagged, purpose: "shelter" } },
    { on: "tenant-keys", actions: moving, context: { tenant: tagged, purpose: sealed } },
    { on: "foreign-keys", actions: moving, context: { tenant: tagged, purpose: sealed } },
    { on: "new-tenant-key", actions: ["kms:CreateKey", "kms:TagResource"] },
    { on: "tenant-keys", actions: ["kms:GetPublicKey"], context: {} },
  ],

  // Gives and takes hosts by what the DNS says, and sees nothing else of a tenant.
  "host-check": [
    { on: "table", index: "due", actions: ["dynamodb:Query"], keys: ["DUE#host#*"] },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
      keys: [all.host, all.hosts],
    },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [all.audit] },
  ],

  // Finds what waits to be published; all else it does as the tenant's role. It signs nothing and moves no pointer.
  publisher: [
    { on: "table", index: "due", actions: ["dynamodb:Query"], keys: ["DUE#publication#*"] },
    { on: "role", role: "publisher-tenant", actions: ["sts:AssumeRole", "sts:TagSession"] },
  ],
  "publisher-tenant": [
    {
      on: "table",
      actions: ["dynamodb:GetItem"],
      keys: [partitions.tenant(tagged), partitions.published(tagged)],
    },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem"],
      keys: [partitions.draft(tagged)],
    },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], keys: [partitions.publications(tagged)] },
    {
      on: "table",
      actions: [
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:ConditionCheckItem",
      ],
      keys: [partitions.releases(tagged)],
    },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [partitions.pending(tagged), partitions.audit(tagged)] },
    {
      on: "bucket",
      bucket: "releases",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      prefix: `${tagged}/`,
    },
  ],

  // Takes in the addresses of visitors, sealed, and can't read one back, nor list who is there.
  subscriptions: [
    {
      on: "table",
      actions: ["dynamodb:GetItem"],
      keys: [all.tenant, all.host, all.hosts, all.sealing, all.namedKeys, all.published, all.subscribers],
    },
    {
      on: "table",
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      keys: [all.subscribers],
    },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [all.sealing, all.outbox, all.audit] },
    { on: "key", key: "sealing", actions: ["kms:Encrypt"], context: { purpose: "outbox" } },
    { on: "any-tenants-keys", actions: ["kms:Encrypt"], context: { purpose: "outbox" } },
    { on: "foreign-keys", actions: ["kms:Encrypt"], context: { purpose: "outbox" } },
    { on: "key", key: "subscribers", actions: ["kms:GenerateMac"], context: {} },
  ],

  // Hands sealed addresses on to the outbox, with the news of a release that is public already.
  news: [
    { on: "table", index: "due", actions: ["dynamodb:Query"], keys: ["DUE#news#*"] },
    { on: "table", actions: ["dynamodb:GetItem"], keys: [all.tenant, all.sealing, all.published] },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      keys: [all.news],
    },
    { on: "table", actions: ["dynamodb:Query", "dynamodb:PutItem"], keys: [all.subscribers] },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [all.outbox] },
    { on: "bucket", bucket: "releases", actions: ["s3:GetObject"], prefix: "" },
    { on: "key", key: "subscribers", actions: ["kms:GenerateMac"], context: {} },
  ],

  // Makes tenants and says whether they are served. No key, no bucket, no report, no outbox; what is in a tenant it can't read.
  "platform-api": [
    { on: "table", actions: ["dynamodb:GetItem"], keys: [all.tenant, partitions.operators(), requestsOfOperators] },
    { on: "table", actions: ["dynamodb:BatchGetItem"], keys: [all.tenant] },
    { on: "table", actions: ["dynamodb:Query"], keys: [partitions.directory(), all.hosts] },
    {
      on: "table",
      actions: ["dynamodb:PutItem"],
      keys: [
        ...[partitions.directory(), partitions.operators(), requestsOfOperators],
        ...[all.tenant, all.address, all.members, all.signing, all.audit],
      ],
    },
    { on: "table", actions: ["dynamodb:UpdateItem"], keys: [requestsOfOperators] },
    { on: "table", actions: ["dynamodb:DeleteItem"], keys: [all.address] },
  ],

  // Before it knows who asks it can look up what a credential is checked by, and tell a tenant's log whom it refused; all else it
  // does as the tenant's role.
  "admin-api": [
    { on: "table", actions: ["dynamodb:GetItem"], keys: [all.members, all.issuers, all.tokens] },
    { on: "table", actions: ["dynamodb:Query"], keys: [all.trustRules] },
    // Exchanged tokens are marked for all tenants together: one that two tenants trust is still used once.
    { on: "table", actions: ["dynamodb:PutItem"], keys: [all.exchanged] },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], keys: [all.refusals] },
    { on: "table", actions: ["dynamodb:ConditionCheckItem"], keys: [all.tenant] },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [all.audit] },
    // Makes the secret that cursors and stored answers are kept under.
    { on: "key", key: "api", actions: ["kms:GenerateMac"], context: {} },
    { on: "role", role: "admin-api-tenant", actions: ["sts:AssumeRole", "sts:TagSession"] },
  ],
  "admin-api-tenant": [
    {
      on: "table",
      actions: ["dynamodb:GetItem"],
      keys: [
        partitions.tenant(tagged),
        partitions.sealing(tagged),
        partitions.keyUsage(tagged),
        partitions.signing(tagged),
        partitions.clocks(tagged),
        partitions.outbox(tagged),
      ],
    },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query"],
      keys: [`REPORT#${tagged}#*`, partitions.quarantine(tagged)],
    },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"],
      keys: [partitions.members(tagged), partitions.issuers(tagged), partitions.trustRules(tagged)],
    },
    { on: "table", actions: ["dynamodb:ConditionCheckItem"], keys: [partitions.members(tagged)] },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      keys: [partitions.tokens(tagged)],
    },
    { on: "table", index: "inbox", actions: ["dynamodb:Query"], keys: [inboxPartition(tagged)] },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [partitions.audit(tagged), partitions.asked(tagged)] },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      keys: [partitions.idempotency(tagged)],
    },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
      keys: [partitions.namedKeys(tagged)],
    },
    { on: "table", actions: ["dynamodb:Query", "dynamodb:BatchGetItem"], keys: [partitions.audit(tagged)] },
    { on: "table", actions: ["dynamodb:Query"], keys: [`ENTRIES#${tagged}#*`] },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      keys: [partitions.jobs(tagged)],
    },
    {
      on: "table",
      actions: ["dynamodb:GetItem"],
      keys: [
        partitions.log(tagged),
        partitions.leaves(tagged),
        partitions.log(publicLogName),
        partitions.leaves(publicLogName),
      ],
    },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      keys: [partitions.draft(tagged)],
    },
    {
      on: "table",
      actions: ["dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"],
      keys: [partitions.revisions(tagged)],
    },
    // It asks for what `publisher` carries out, and makes no release.
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      keys: [partitions.publications(tagged)],
    },
    { on: "table", actions: ["dynamodb:GetItem", "dynamodb:Query"], keys: [partitions.releases(tagged)] },
    { on: "bucket", bucket: "releases", actions: ["s3:GetObject"], prefix: `${tagged}/` },
    { on: "table", actions: ["dynamodb:PutItem"], keys: [partitions.tenant(tagged)] },
    {
      on: "table",
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
      keys: [partitions.hosts(tagged)],
    },
    // An address is looked up by itself, so its partition has no tenant in it: that it is claimed or given up by nobody but its
    // tenant is a condition of the write. No session can read who has one.
    { on: "table", actions: ["dynamodb:PutItem", "dynamodb:DeleteItem"], keys: [all.address] },
    { on: "bucket", bucket: "sealed", actions: ["s3:GetObject"], prefix: `${tagged}/` },
    { on: "bucket", bucket: "exports", actions: ["s3:GetObject"], prefix: `${tagged}/` },
    { on: "bucket", bucket: "ledger", actions: ["s3:GetObject"], prefix: `audit/${tagged}/` },
    { on: "bucket", bucket: "ledger", actions: ["s3:GetObject"], prefix: "public/" },
    {
      on: "key",
      key: "sealing",
      actions: ["kms:Decrypt"],
      context: { purpose: ["conversation", "quarantine"], tenant: tagged },
    },
    {
      on: "tenant-keys",
      actions: ["kms:Decrypt"],
      context: { purpose: ["conversation", "quarantine"], tenant: tagged },
    },
    {
      on: "foreign-keys",
      actions: ["kms:Decrypt"],
      context: { purpose: ["conversation", "quarantine"], tenant: tagged },
    },
    // The round trip with a key that is to seal, before anything depends on it.
    { on: "foreign-keys", actions: ["kms:Encrypt", ...moving], context: { tenant: tagged, purpose: "conversation" } },
    { on: "key", key: "transit", actions: wrapping, context: inTransit },
    { on: "tenant-keys", actions: wrapping, context: inTransit },
    {
      on: "tenant-keys",
      actions: [
        "kms:Sign",
        "kms:Verify",
        "kms:GetPublicKey",
        "kms:GenerateMac",
        "kms:VerifyMac",
        "kms:DisableKey",
        "kms:EnableKey",
        "kms:ScheduleKeyDeletion",
        "kms:CancelKeyDeletion",
      ],
      context: {},
    },
    { on: "new-tenant-key", actions: ["kms:CreateKey", "kms:TagResource"] },
    { on: "foreign-keys", actions: wrapping, context: inTransit },
  ],
};
