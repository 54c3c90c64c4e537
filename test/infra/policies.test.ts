import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DoorName, doorNames } from "#infra/doors.ts";
import type { Call } from "#infra/local/gate/call.ts";
import { decide } from "#infra/local/gate/decision.ts";
import { type PolicyResources, statementsFor, trustPolicyFor } from "#infra/policies.ts";
import { type BucketName, type KeyName, type Principal, rights } from "#infra/rights.ts";
import { type IamRequest, isAllowed } from "./iam.ts";

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:123456789012:${rest}`;
const resources: PolicyResources = {
  table: arn("dynamodb", "table/candor"),
  buckets: {
    raw: "arn:aws:s3:::candor-raw",
    sealed: "arn:aws:s3:::candor-sealed",
    ledger: "arn:aws:s3:::candor-ledger",
    releases: "arn:aws:s3:::candor-releases",
    exports: "arn:aws:s3:::candor-exports",
  },
  keys: {
    sealing: arn("kms", "key/1"),
    digests: arn("kms", "key/2"),
    transit: arn("kms", "key/4"),
    checkpoints: arn("kms", "key/5"),
    receipts: arn("kms", "key/6"),
    api: arn("kms", "key/7"),
    subscribers: arn("kms", "key/8"),
  },
  ownKeys: arn("kms", "key/*"),
  anyKeys: "arn:aws:kms:eu-west-1:*:key/*",
  account: "123456789012",
  queues: {
    inbound: arn("sqs", "inbound"),
    outbox: arn("sqs", "outbox"),
    feedback: arn("sqs", "feedback"),
    jobs: arn("sqs", "jobs"),
  },
  roles: {
    "admin-api-tenant": "arn:aws:iam::123456789012:role/admin-api-tenant",
    "jobs-tenant": "arn:aws:iam::123456789012:role/jobs-tenant",
    "publisher-tenant": "arn:aws:iam::123456789012:role/publisher-tenant",
  },
  mailIdentity: arn("ses", "identity/mail.example"),
  configurationSet: arn("ses", "configuration-set/outbox"),
  mailDomain: "mail.example",
};
const principals = Object.keys(rights) as Principal[];
const statements = new Map(principals.map((principal) => [principal, statementsFor(principal, resources)]));

/** The resources and condition keys that AWS names for a call, after the Service Authorization Reference. */
function requestsOf(call: Call, tag: { tenant?: string }): readonly IamRequest[] {
  const context = new Map<string, string | readonly string[]>();
  if (tag.tenant !== undefined) context.set("aws:PrincipalTag/tenant", tag.tenant);
  const on = (...named: string[]) => named.map((resource) => ({ action: call.action, resource, context }));
  switch (call.on) {
    case "table":
      if (call.keys.length > 0) context.set("dynamodb:LeadingKeys", call.keys);
      if (call.returnValues !== undefined) context.set("dynamodb:ReturnValues", call.returnValues);
      return on(call.index === undefined ? resources.table : `${resources.table}/index/${call.index}`);
    case "bucket": {
      const bucket = resources.buckets[call.bucket];
      if (call.action !== "s3:ListBucket") return on(`${bucket}/${call.name ?? ""}`);
      if (call.name !== undefined) context.set("s3:prefix", call.name);
      return on(bucket);
    }
    case "key":
      for (const [name, value] of Object.entries(call.context)) context.set(`kms:EncryptionContext:${name}`, value);
      for (const [name, value] of Object.entries(call.newTags ?? {})) context.set(`aws:RequestTag/${name}`, value);
      if (call.newTags) context.set("aws:TagKeys", Object.keys(call.newTags));
      // CreateKey is about no resource.
      if (call.action === "kms:CreateKey") return on("*");
      if (call.owner !== undefined) context.set("aws:ResourceTag/tenant", call.owner);
      context.set("aws:ResourceAccount", call.foreign ? "210987654321" : resources.account);
      if (call.foreign) return on("arn:aws:kms:eu-west-1:210987654321:key/1");
      return on(call.key === undefined ? arn("kms", "key/3") : resources.keys[call.key]);
    case "queue":
      return on(resources.queues[call.queue]);
    case "mail":
      context.set("ses:FromAddress", call.from);
      return on(resources.mailIdentity, resources.configurationSet);
    case "role":
      for (const [name, value] of Object.entries(call.tags)) context.set(`aws:RequestTag/${name}`, value);
      context.set("aws:TagKeys", Object.keys(call.tags));
      return on(resources.roles[call.role]);
  }
}

const cloudAllows = (principal: Principal, tag: { tenant?: string }, call: Call): boolean =>
  requestsOf(call, tag).every((request) => isAllowed(statements.get(principal) ?? [], request));

const slug = fc.constantFrom("acme", "acme-labs", "a", "other", "*", "?cme");
/** The tag of a key that Candor signs with, and texts close to it. */
const signer = fc.constantFrom("@statements:acme", "@statements:", "@statements", "@platform", "x@statements:acme");
const partitionKinds = [
  ...["TENANT", "MEMBER", "ADDRESS", "SEALING", "REPORT", "CLOCKS", "AUDIT", "OUTBOX", "SENT", "RECEIVED", "SEEN"],
  ...["SENDER", "REFUSED", "ERASURE", "REPLY", "QUARANTINE", "UNROUTED", "INBOX", "DUE", "TENANTS", ""],
  ...["KEY", "PENDING", "LOG", "LEAF", "ENTRIES", "SIGNING", "PUBLIC", "JOB", "USAGE", "ASKED"],
  ...["PUBLICATION", "RELEASE"],
];
const tail = fc.constantFrom("", "#", "#*", "#r1#", "#r1", "-labs#", "##", "#?");
const partition = fc
  .tuple(
    fc.constantFrom(...partitionKinds),
    fc.oneof(slug, fc.constantFrom("outbox", "clock", "ledger", "~public", "~platform")),
    tail,
  )
  .map(([kind, middle, rest]) => `${kind}#${middle}${rest}`);
const keyText = fc.oneof({ weight: 9, arbitrary: partition }, fc.string({ maxLength: 8 }));
const tableAction = fc.constantFrom(
  ...["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
  ...["Scan", "BatchWriteItem", "PartiQLSelect", "DescribeTable"],
);
const objectName = fc
  .tuple(
    fc.constantFrom(
      "",
      "inbound",
      "inbounds",
      "acme",
      "acme-labs",
      "a",
      "*",
      "public",
      "audit",
      "audit/acme",
      "audit/a",
    ),
    fc.constantFrom("", "/", "/x", "/*", "x"),
  )
  .map((parts) => parts.join(""));
const text = (...values: string[]) => fc.constantFrom(...values);

const tableCall: fc.Arbitrary<Call> = fc.record(
  {
    on: fc.constant("table" as const),
    action: tableAction.map((operation) => `dynamodb:${operation}`),
    keys: fc.array(keyText, { maxLength: 3 }),
    index: text("inbox", "due", "other"),
    returnValues: text("NONE", "ALL_OLD", "UPDATED_NEW"),
  },
  { requiredKeys: ["on", "action", "keys"] },
);
/** A call after the pattern of some right, with whatever in its open places: close to what is granted, on either side. */
const nearTableCall: fc.Arbitrary<Call> = fc
  .constantFrom(...Object.values(rights).flatMap((held) => held.filter((right) => right.on === "table")))
  .chain((right) =>
    fc.record(
      {
        on: fc.constant("table" as const),
        action: fc.oneof({ weight: 9, arbitrary: fc.constantFrom<string>(...right.actions) }, tableAction),
        keys: fc.array(fc.tuple(fc.constantFrom(...right.keys), slug, tail).map(fillPattern), {
          minLength: 1,
          maxLength: 2,
        }),
        ...(right.index && { index: fc.constant<string>(right.index) }),
        returnValues: text("NONE", "ALL_OLD"),
      },
      { requiredKeys: ["on", "action", "keys", ...(right.index ? (["index"] as const) : [])] },
    ),
  );
function fillPattern([pattern, tenant, rest]: [string, string, string]): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of the table of rights.
  const filled = pattern.replace("${tenant}", () => tenant);
  return filled.endsWith("*") ? `${filled.slice(0, -1)}${tenant}${rest}` : filled;
}
const listCall: fc.Arbitrary<Call> = fc.record(
  {
    on: fc.constant("bucket" as const),
    action: fc.constant("s3:ListBucket"),
    bucket: fc.constantFrom(...(Object.keys(resources.buckets) as BucketName[])),
    name: objectName,
  },
  { requiredKeys: ["on", "action", "bucket"] },
);
const objectCall: fc.Arbitrary<Call> = fc.record({
  on: fc.constant("bucket" as const),
  action: text("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl"),
  bucket: fc.constantFrom(...(Object.keys(resources.buckets) as BucketName[])),
  name: objectName.filter((name) => name !== ""),
});
// Names differ in more than case: IAM does not tell `Purpose` from `purpose`, where the gate does.
const context = fc.dictionary(
  text("purpose", "tenant", "object", "other"),
  text("conversation", "outbox", "quarantine", "shelter", "transit", "acme", "acme-labs", "*", ""),
);
const keyCall: fc.Arbitrary<Call> = fc.record(
  {
    on: fc.constant("key" as const),
    action: text(
      ...["Encrypt", "Decrypt", "GenerateMac", "ReEncryptTo", "CreateKey", "Sign", "GetPublicKey"].map(
        (a) => `kms:${a}`,
      ),
    ),
    key: fc.constantFrom(...(Object.keys(resources.keys) as KeyName[])),
    context,
  },
  { requiredKeys: ["on", "action", "context"] },
);
/** Calls on keys that no name is known of: a tenant's own, another account's, and new ones. */
const unnamedKeyCall: fc.Arbitrary<Call> = fc.record(
  {
    on: fc.constant("key" as const),
    action: text(
      ...[
        "GenerateDataKey",
        "Encrypt",
        "Decrypt",
        "ReEncryptTo",
        "Sign",
        "DisableKey",
        "ScheduleKeyDeletion",
        "PutKeyPolicy",
      ].map((a) => `kms:${a}`),
      ...["kms:CreateKey", "kms:TagResource", "kms:UntagResource"],
    ),
    context: fc.oneof(
      context,
      fc.record({ tenant: slug, purpose: text("transit", "conversation", "outbox"), key: slug }),
    ),
    owner: fc.oneof(slug, signer),
    foreign: fc.boolean(),
    newTags: fc.oneof(
      fc.record({ tenant: fc.oneof(slug, signer) }),
      fc.dictionary(text("tenant", "role"), fc.oneof(slug, signer), { maxKeys: 2 }),
    ),
  },
  { requiredKeys: ["on", "action", "context"] },
);
const queueCall: fc.Arbitrary<Call> = fc.record({
  on: fc.constant("queue" as const),
  action: text("sqs:SendMessage", "sqs:ReceiveMessage"),
  queue: fc.constantFrom("inbound" as const, "outbox" as const, "feedback" as const, "jobs" as const),
});
const mailCall: fc.Arbitrary<Call> = fc.record({
  on: fc.constant("mail" as const),
  action: text("ses:SendRawEmail", "ses:SendEmail"),
  from: fc
    .tuple(
      fc.array(text("a", "@", ".", "mail.example", "acme", "evil", "*"), { maxLength: 5 }),
      text("", "@mail.example", ".mail.example"),
    )
    .map(([pieces, end]) => pieces.join("") + end),
  mailDomain: fc.constant(resources.mailDomain),
});
const roleCall: fc.Arbitrary<Call> = fc.record({
  on: fc.constant("role" as const),
  action: text("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"),
  role: fc.constantFrom("admin-api-tenant" as const, "jobs-tenant" as const),
  tags: fc.dictionary(text("tenant", "role"), text("acme", "", "*"), { maxKeys: 2 }),
});
const tag = fc.option(slug, { nil: undefined }).map((tenant) => (tenant === undefined ? {} : { tenant }));

/** Mostly one who has some right on such a thing. */
const principalFor = (on: Call["on"]): fc.Arbitrary<Principal> =>
  fc.oneof(fc.constantFrom(...principals), {
    weight: 3,
    arbitrary: fc.constantFrom(...principals.filter((one) => rights[one].some((right) => right.on === on))),
  });

describe("the policies for the cloud", () => {
  it.each([
    ["table", fc.oneof(tableCall, { weight: 3, arbitrary: nearTableCall }), 20_000],
    ["bucket", fc.oneof(listCall, objectCall), 8_000],
    ["key", keyCall, 8_000],
    ["key", unnamedKeyCall, 12_000],
    ["queue", queueCall, 1_000],
    ["mail", mailCall, 4_000],
    ["role", roleCall, 2_000],
  ] as const)("refuse the same %s calls as the gate", (on, call: fc.Arbitrary<Call>, numRuns) => {
    const seen = { allowed: 0, refused: 0 };
    fc.assert(
      fc.property(principalFor(on), tag, call, (principal, tags, asked) => {
        const { allowed } = decide(principal, tags, asked);
        expect(allowed).toBe(cloudAllows(principal, tags, asked));
        seen[allowed ? "allowed" : "refused"]++;
      }),
      { numRuns },
    );
    // A comparison of refusals alone would prove little.
    expect(Math.min(seen.allowed, seen.refused)).toBeGreaterThan(numRuns / 200);
  });

  it("let who may put an object end an upload of parts, too", () => {
    const abort = (principal: Principal, resource: string) =>
      isAllowed(statements.get(principal) ?? [], { action: "s3:AbortMultipartUpload", resource, context: new Map() });
    expect(abort("inbound-mail", `${resources.buckets.sealed}/acme/1`)).toBe(true);
    expect(abort("inbound-mail", `${resources.buckets.raw}/inbound/1`)).toBe(false);
    expect(abort("mail-sweep", `${resources.buckets.sealed}/acme/1`)).toBe(false);
  });

  it("never grant the table without saying which partitions", () => {
    const onTable = [...statements.values()].flat().filter(({ Action }) => Action[0]?.startsWith("dynamodb:"));
    expect(onTable.length).toBeGreaterThan(8);
    for (const { Condition } of onTable) {
      expect(Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"]?.length).toBeGreaterThan(0);
      expect(Condition?.["Null"]).toEqual({ "dynamodb:LeadingKeys": "false" });
    }
  });

  it("name exact actions and resources of ours", () => {
    const ours = JSON.stringify(resources);
    for (const { Action, Resource = [] } of [...statements.values()].flat()) {
      expect(Action.join()).not.toMatch(/[*?]/);
      for (const resource of Resource) {
        // A key that is not there yet has no name.
        if (Action.join() === "kms:CreateKey") continue;
        const [base = ""] = resource.split(/\/(?:index\/|inbound\/|public\/|audit\/|\*|\$)/);
        expect(ours).toMatch(new RegExp(`"${base.replaceAll("*", "\\*")}["/]`));
      }
    }
  });
});

describe("the trust policies of the tenant roles", () => {
  const arns = Object.fromEntries(doorNames.map((door) => [door, `arn:aws:iam::1:role/${door}`])) as Record<
    DoorName,
    string
  >;
  const policy = trustPolicyFor("admin-api-tenant", arns);

  it.each([
    ["admin-api-tenant", "admin-api"],
    ["jobs-tenant", "jobs"],
  ] as const)("trust the door that the role is for and nobody else: %s", (role, door) => {
    const trusted = trustPolicyFor(role, arns).map(({ Principal }) => Principal);
    expect(trusted).toEqual([{ AWS: [`arn:aws:iam::1:role/${door}`] }]);
  });

  it.each([
    [{ tenant: "acme" }, true],
    [{}, false],
    [{ tenant: "" }, false],
    [{ Tenant: "acme" }, false],
    [{ tenant: "acme", role: "owner" }, false],
    [{ role: "owner" }, false],
  ])("with the tags %j: %s", (tags, expected) => {
    const context = new Map<string, string | readonly string[]>([["aws:TagKeys", Object.keys(tags)]]);
    for (const [name, value] of Object.entries(tags)) context.set(`aws:RequestTag/${name}`, value);
    for (const action of ["sts:AssumeRole", "sts:TagSession"]) {
      expect(isAllowed(policy, { action, resource: "", context })).toBe(expected);
    }
  });
});
