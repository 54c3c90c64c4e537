import { notATenant, type Principal, type Right, rights } from "#infra/rights.ts";
import { statementKeyOwner } from "#shared/signing/signing-key.ts";
import type { BucketCall, Call, KeyCall, MailCall, RoleCall, TableCall } from "./call.ts";

/** The tags of the session a call was made in; of them rights know `tenant` alone. */
export interface SessionTag {
  readonly tenant?: string;
}

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/**
 * Whether the table of rights grants a call. It refuses what the IAM policies from the same table refuse
 * (`infra/policies.ts`); a test holds the two side by side.
 */
export function decide(principal: Principal, tag: SessionTag, call: Call): Decision {
  return grants(rights[principal], tag, call) ? { allowed: true } : { allowed: false, reason: describe(call) };
}

function grants(held: readonly Right[], tag: SessionTag, call: Call): boolean {
  if (call.on === "table") return grantsTable(held, tag, call);
  return held.some((right) => (right.actions as readonly string[]).includes(call.action) && covers(right, tag, call));
}

function covers(right: Right, tag: SessionTag, call: Exclude<Call, TableCall>): boolean {
  switch (call.on) {
    case "bucket":
      return right.on === "bucket" && right.bucket === call.bucket && coversName(right.prefix, tag, call);
    case "key":
      return coversKey(right, tag, call);
    case "queue":
      return right.on === "queue" && right.queue === call.queue;
    case "mail":
      return right.on === "mail" && isInDomain(call);
    case "role":
      return right.on === "role" && right.role === call.role && isTaggedForOneTenant(call);
  }
}

/** Each key must be granted for the action on that index; of writes, nothing may come back that reading would not show. */
function grantsTable(held: readonly Right[], tag: SessionTag, call: TableCall): boolean {
  if (call.keys.length === 0) return false;
  if (call.returnValues !== undefined && call.returnValues !== "NONE") return false;
  const patterns = held.flatMap((right) =>
    right.on === "table" && right.index === call.index && (right.actions as readonly string[]).includes(call.action)
      ? right.keys
      : [],
  );
  return call.keys.every((key) => patterns.some((pattern) => matches(pattern, tag, key)));
}

function coversName(prefix: string, tag: SessionTag, call: BucketCall): boolean {
  if (call.action === "s3:ListBucket" && prefix === "") return true;
  return call.name !== undefined && matches(`${prefix}*`, tag, call.name);
}

function coversKey(right: Right, tag: SessionTag, call: KeyCall): boolean {
  switch (right.on) {
    case "key":
      return right.key === call.key && coversContext(right.context, tag, call);
    case "tenant-keys":
      return isOwn(call.owner, tag) && call.foreign !== true && coversContext(right.context, tag, call);
    case "any-tenants-keys":
      return isSomeTenants(call) && coversContext(right.context, tag, call);
    case "new-tenant-key":
      return isNewKey(tag, call);
    case "statement-keys":
      return signsStatements(call.owner) && call.foreign !== true;
    case "new-statement-key":
      return isTaggedOnce(call) && signsStatements(call.newTags?.["tenant"]);
    case "foreign-keys":
      return call.foreign === true && coversContext(right.context, tag, call);
    default:
      return false;
  }
}

const isOwn = (owner: string | undefined, { tenant }: SessionTag): boolean =>
  owner !== undefined && tenant !== undefined && owner === tenant;

const isSomeTenants = ({ owner, foreign }: KeyCall): boolean =>
  owner !== undefined && owner !== "" && !owner.startsWith(notATenant) && foreign !== true;

const signsStatements = (owner: string | undefined): boolean => owner?.startsWith(statementKeyOwner) ?? false;

const isNewKey = (tag: SessionTag, call: KeyCall): boolean =>
  isTaggedOnce(call) && isOwn(call.newTags?.["tenant"], tag);

/** Tags: the owner's and no other. A key that has an owner already is not new. */
function isTaggedOnce({ action, newTags = {}, owner, foreign }: KeyCall): boolean {
  const names = Object.keys(newTags);
  const untouched = action === "kms:CreateKey" || (owner === undefined && foreign !== true);
  return untouched && names.length === 1 && names[0] === "tenant";
}

function coversContext(
  context: Readonly<Record<string, string | readonly string[]>>,
  tag: SessionTag,
  call: KeyCall,
): boolean {
  return Object.entries(context).every(([name, wanted]) => {
    const given = Object.hasOwn(call.context, name) ? call.context[name] : undefined;
    const accepted = typeof wanted === "string" ? [wanted] : wanted;
    return given !== undefined && accepted.some((value) => fill(value, tag) === given);
  });
}

function isInDomain({ from, mailDomain }: MailCall): boolean {
  const at = from.lastIndexOf("@");
  const domain = from.slice(at + 1);
  return at !== -1 && (domain === mailDomain || domain.endsWith(`.${mailDomain}`));
}

function isTaggedForOneTenant({ tags }: RoleCall): boolean {
  const names = Object.keys(tags);
  return names.length === 1 && names[0] === "tenant" && tags["tenant"] !== "";
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of the table of rights.
const placeholder = "${tenant}";

/** The text with the session's tenant in it; undefined where it needs one and the session has none. */
function fill(text: string, { tenant }: SessionTag): string | undefined {
  if (!text.includes(placeholder)) return text;
  return tenant ? text.split(placeholder).join(tenant) : undefined;
}

/** A `*` at the end stands for any rest; everywhere else, and in what a tag fills in, it is itself. */
function matches(pattern: string, tag: SessionTag, value: string): boolean {
  const open = pattern.endsWith("*");
  const wanted = fill(open ? pattern.slice(0, -1) : pattern, tag);
  if (wanted === undefined) return false;
  return open ? value.startsWith(wanted) : value === wanted;
}

/** The call in words for a message: kinds of partitions and names of resources, no key or address in full. */
function describe(call: Call): string {
  switch (call.on) {
    case "table":
      return `${call.action} on ${call.index === undefined ? "the table" : `index ${call.index}`}, ${partitionKinds(call)}`;
    case "bucket":
      return `${call.action} on bucket ${call.bucket}`;
    case "key":
      return `${call.action} on ${keyKind(call)} with the context names ${Object.keys(call.context).join(", ") || "none"}`;
    case "queue":
      return `${call.action} on queue ${call.queue}`;
    case "mail":
      return `${call.action} from that address`;
    case "role":
      return `${call.action} of ${call.role} with the tags ${Object.keys(call.tags).join(", ") || "none"}`;
  }
}

function keyKind({ key, owner, foreign }: KeyCall): string {
  if (key !== undefined) return `key ${key}`;
  if (foreign === true) return "a key of another account";
  return owner === undefined ? "no key of the table of rights" : "a tenant's key";
}

function partitionKinds({ keys, returnValues = "NONE" }: TableCall): string {
  const kinds = [...new Set(keys.map((key) => `${key.slice(0, key.indexOf("#") + 1)}...`))].join(", ");
  const named = kinds === "" ? "no partition named" : `partitions ${kinds}`;
  return returnValues === "NONE" ? named : `${named}, ReturnValues ${returnValues}`;
}
