/** What a caller asks to do, in the words of `infra/rights.ts`: the one form that every stand-in's calls are brought into. */
import type { QueueName } from "#infra/doors.ts";
import type { BucketName, KeyName, TenantRole } from "#infra/rights.ts";

export interface TableCall {
  readonly on: "table";
  /** `dynamodb:` and the operation; of a transaction, that of the member. */
  readonly action: string;
  readonly index?: string;
  /** The partition keys it names: `dynamodb:LeadingKeys`. None at all is refused, as IAM's `Null` check does. */
  readonly keys: readonly string[];
  /** What a write asks to get back: `dynamodb:ReturnValues`. */
  readonly returnValues?: string;
}

export interface BucketCall {
  readonly on: "bucket";
  readonly action: string;
  readonly bucket: BucketName;
  /** The object's key; of `s3:ListBucket` the prefix asked for, absent where the whole bucket is. */
  readonly name?: string;
}

export interface KeyCall {
  readonly on: "key";
  readonly action: string;
  /** Absent for a key that is not in the table of rights by name, or for no key at all. */
  readonly key?: KeyName;
  readonly context: Readonly<Record<string, string>>;
  /** The key's tag `tenant`. */
  readonly owner?: string;
  /** The key is one of another account. */
  readonly foreign?: boolean;
  /** The tags that a key is to get. */
  readonly newTags?: Readonly<Record<string, string>>;
}

export interface QueueCall {
  readonly on: "queue";
  readonly action: string;
  readonly queue: QueueName;
}

export interface MailCall {
  readonly on: "mail";
  readonly action: string;
  /** The bare address. */
  readonly from: string;
  readonly mailDomain: string;
}

export interface RoleCall {
  readonly on: "role";
  readonly action: string;
  readonly role: TenantRole;
  /** All session tags. */
  readonly tags: Readonly<Record<string, string>>;
}

export type Call = TableCall | BucketCall | KeyCall | QueueCall | MailCall | RoleCall;
