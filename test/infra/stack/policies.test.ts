import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { type Door, type DoorName, doorNames, doors } from "#infra/doors.ts";
import { type PolicyResources, statementsFor, trustPolicyFor } from "#infra/policies.ts";
import { type Principal, rights } from "#infra/rights.ts";
import { constructId } from "#infra/stack/each-of.ts";
import { tenantRoles } from "#infra/stack/principals.ts";
import { isAllowed } from "#test/infra/iam.ts";
import { type Statement, statementsIn } from "./statement.ts";
import { account, at, domain, ofType, region, synthesise } from "./template.ts";

const { resources, folder } = synthesise();
afterAll(() => rmSync(folder, { recursive: true }));

const principals = Object.keys(rights) as Principal[];
const id = (path: string): string => at(resources, path).id;
const arn = (path: string): string => `<${id(path)}.Arn>`;
const stream = `<${id("Data/Table")}.StreamArn>`;
const roleOf = (principal: Principal) => at(resources, `Principals/${constructId(principal)}`);
const policiesOf = (principal: Principal) =>
  ofType(resources, "IAM::Policy").filter(({ Properties }) =>
    (Properties["Roles"] as string[]).includes(`<${roleOf(principal).id}>`),
  );
const policyOf = (principal: Principal, name: string): readonly Statement[] =>
  policiesOf(principal)
    .filter(({ Properties }) => Properties["PolicyName"] === name)
    .flatMap((policy) => statementsIn(policy));
/** All that a principal's role says it may do. */
const allOf = (principal: Principal): readonly Statement[] =>
  policiesOf(principal).flatMap((policy) => statementsIn(policy));
const keyStatements = ["Sealing", "Transit", "Digests", "Checkpoints", "Receipts", "Api", "Subscribers"].flatMap(
  (key) => statementsIn(at(resources, `Keys/${key}`), "KeyPolicy").map((statement) => ({ key, statement })),
);

const names: PolicyResources = {
  table: arn("Data/Table"),
  buckets: {
    raw: arn("Data/Raw"),
    sealed: arn("Data/Sealed"),
    ledger: arn("Data/Ledger"),
    releases: arn("Data/Releases"),
    exports: arn("Data/Exports"),
  },
  keys: {
    sealing: arn("Keys/Sealing"),
    digests: arn("Keys/Digests"),
    transit: arn("Keys/Transit"),
    checkpoints: arn("Keys/Checkpoints"),
    receipts: arn("Keys/Receipts"),
    api: arn("Keys/Api"),
    subscribers: arn("Keys/Subscribers"),
  },
  ownKeys: `arn:aws:kms:${region}:${account}:key/*`,
  anyKeys: `arn:aws:kms:${region}:*:key/*`,
  account,
  queues: {
    inbound: arn("Queues/Inbound"),
    outbox: arn("Queues/Outbox"),
    feedback: arn("Queues/Feedback"),
    jobs: arn("Queues/Jobs"),
  },
  roles: {
    "admin-api-tenant": arn("Principals/AdminApiTenant"),
    "jobs-tenant": arn("Principals/JobsTenant"),
    "publisher-tenant": arn("Principals/PublisherTenant"),
  },
  mailIdentity: `arn:aws:ses:${region}:${account}:identity/<${id("Mail/Domain")}>`,
  configurationSet: `arn:aws:ses:${region}:${account}:configuration-set/candor`,
  mailDomain: domain,
};

/** What Lambda needs, written out: log, then what wakes the door. */
const queueReading = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const streamReading = [
  { Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], Resource: [stream] },
  { Action: ["dynamodb:ListStreams"], Resource: [`${names.table}/stream/*`] },
  { Action: ["sqs:SendMessage"], Resource: [arn("Queues/StreamDead")] },
];
const wakers: Partial<Record<DoorName, readonly { Action: string[]; Resource: string[] }[]>> = {
  "inbound-mail": [{ Action: queueReading, Resource: [names.queues.inbound] }],
  "mail-feedback": [{ Action: queueReading, Resource: [names.queues.feedback] }],
  outbox: [...streamReading, { Action: queueReading, Resource: [names.queues.outbox] }],
  notary: streamReading,
  jobs: [...streamReading, { Action: queueReading, Resource: [names.queues.jobs] }],
  publisher: streamReading,
};

describe("the policies in the template", () => {
  it.each(principals)("are the rights of %s in the table of rights, no more and no less", (principal) => {
    const expected = statementsFor(principal, names);
    expect(expected.length).toBeGreaterThan(0);
    expect(policyOf(principal, "rights")).toEqual(expected);
  });

  it.each(doorNames)("give %s beside its rights what Lambda needs to log and to wake it, and nothing else", (door) => {
    const log = [arn(`${constructId(door)}/Log`)];
    expect(policyOf(door, "lambda")).toEqual(
      [{ Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: log }, ...(wakers[door] ?? [])].map(
        (statement) => ({ Effect: "Allow", ...statement }),
      ),
    );
  });

  it("come from nowhere else: no managed policy, none inside a door's role, no third one attached", () => {
    for (const principal of principals) {
      const { Properties } = roleOf(principal);
      expect(Object.keys(Properties).sort()).toEqual(
        [
          "AssumeRolePolicyDocument",
          "RoleName",
          ...(Properties["MaxSessionDuration"] ? ["MaxSessionDuration"] : []),
        ].sort(),
      );
      const attached = policiesOf(principal).map((policy) => policy.Properties["PolicyName"]);
      expect(attached).toEqual((tenantRoles as string[]).includes(principal) ? ["rights"] : ["rights", "lambda"]);
    }
    expect(ofType(resources, "IAM::Policy")).toHaveLength(principals.length * 2 - tenantRoles.length);
    for (const type of ["ManagedPolicy", "RolePolicy", "User", "Group"]) {
      expect(ofType(resources, `IAM::${type}`)).toEqual([]);
    }
  });

  it("let each Lambda be its own role", () => {
    for (const door of doorNames) {
      const { Properties } = at(resources, `${constructId(door)}/Function`);
      expect(Properties["Role"]).toBe(`<${roleOf(door).id}.Arn>`);
      expect(statementsIn(roleOf(door), "AssumeRolePolicyDocument")).toEqual([
        { Effect: "Allow", Principal: { Service: ["lambda.amazonaws.com"] }, Action: ["sts:AssumeRole"] },
      ]);
    }
  });

  it.each([
    ["admin-api-tenant", "AdminApi"],
    ["jobs-tenant", "Jobs"],
    ["publisher-tenant", "Publisher"],
  ] as const)(
    "let nobody be a tenant but the one door that the role is for, with the tenant's tag: %s",
    (role, door) => {
      const doors = Object.fromEntries(doorNames.map((name) => [name, arn(`Principals/${constructId(name)}`)]));
      const trust = statementsIn(roleOf(role), "AssumeRolePolicyDocument");
      expect(trust).toEqual(trustPolicyFor(role, doors as Record<DoorName, string>));
      expect(trust.map(({ Principal }) => Principal)).toEqual([{ AWS: [arn(`Principals/${door}`)] }]);
    },
  );

  it("have no Scan, no PartiQL, no wildcard of actions and no wildcard for a resource", () => {
    const statements = principals.flatMap(allOf);
    for (const { Action, Resource = [] } of statements) {
      for (const action of Action) {
        expect(action).not.toMatch(/\*|:Scan$|PartiQL|ExecuteStatement|ExecuteTransaction/);
      }
      expect(Resource.length).toBeGreaterThan(0);
      // Keys that tenants make have no names before: the tag or the account is in the condition, see test/infra/policies.test.ts.
      if (Resource.some((resource) => resource === names.ownKeys || resource === names.anyKeys)) continue;
      if (Action.join() === "kms:CreateKey") continue;
      for (const resource of Resource) expect(resource).toMatch(/^(?:<\w+\.\w+>|arn:aws:ses:)/);
    }
    const rules = doorNames.flatMap((door) =>
      (doors as Record<string, Door>)[door]?.triggers.filter(({ kind }) => kind === "schedule"),
    );
    const callers = ofType(resources, "IAM::Role").filter(({ path }) => path.startsWith("Schedules/"));
    expect(callers).toHaveLength(rules.length);
    expect(JSON.stringify(callers.map(({ Properties }) => Properties["Policies"]))).not.toContain("*");
  });
});

describe("the template proves", () => {
  it("that inbound-mail can't decrypt: neither its role nor a key's policy has a word for it", () => {
    const own = allOf("inbound-mail").flatMap(({ Action }) => Action);
    expect(new Set(own.filter((action) => action.startsWith("kms:")))).toEqual(
      new Set(["kms:Encrypt", "kms:GenerateMac"]),
    );
    const byKey = keyStatements.filter(({ statement }) => speaksOf(statement, "inbound-mail"));
    expect(byKey.flatMap(({ statement }) => statement.Action)).toEqual(["kms:Encrypt", "kms:GenerateMac"]);
    for (const action of ["kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:CreateGrant"]) {
      const context = new Map([["kms:EncryptionContext:purpose", "conversation"]]);
      expect(isAllowed(allOf("inbound-mail"), { action, resource: names.keys.sealing, context })).toBe(false);
    }
  });

  it("that inbound-mail can't read what it sealed", () => {
    const reads = allOf("inbound-mail").filter(({ Action }) => Action.includes("s3:GetObject"));
    expect(reads.flatMap(({ Resource }) => Resource)).toEqual([`${names.buckets.raw}/inbound/*`]);
  });

  it("that inbound-mail can write a report and not read one", () => {
    const on = (action: string) => tableCall("inbound-mail", action, "REPORT#pilox#r1#");
    expect(on("PutItem")).toBe(true);
    for (const action of ["GetItem", "BatchGetItem", "Query", "Scan", "DeleteItem"]) expect(on(action)).toBe(false);
  });

  it("that outbox can read what waits to be sent, and no report in any way", () => {
    expect(tableCall("outbox", "GetItem", "OUTBOX#pilox#")).toBe(true);
    const actions = ["GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem"];
    for (const partition of ["REPORT#pilox#r1#", "QUARANTINE#pilox#", "MEMBER#pilox#"]) {
      for (const action of actions) expect(tableCall("outbox", action, partition)).toBe(false);
    }
    const held = allOf("outbox").flatMap(({ Resource = [] }) => Resource);
    expect(held.filter((resource) => /\/index\/|^<DataRaw|^<DataSealed/.test(resource))).toEqual([]);
    const stored = at(resources, "Data/Table").Properties["StreamSpecification"];
    expect(stored).toEqual({ StreamViewType: "KEYS_ONLY" });
  });

  it("that outbox opens what is sealed for the outbox alone", () => {
    const decrypt = (purpose: string) =>
      isAllowed(allOf("outbox"), {
        action: "kms:Decrypt",
        resource: names.keys.sealing,
        context: new Map([["kms:EncryptionContext:purpose", purpose]]),
      });
    expect([decrypt("outbox"), decrypt("conversation"), decrypt("quarantine")]).toEqual([true, false, false]);
  });

  it("that trust-site reads what is public and the log, and can do nothing else", () => {
    const actions = policyOf("trust-site", "rights").flatMap(({ Action }) => Action);
    expect([...new Set(actions)]).toEqual(["dynamodb:GetItem", "dynamodb:Query", "s3:GetObject"]);
    const objects = policyOf("trust-site", "rights").filter(({ Action }) => Action.includes("s3:GetObject"));
    expect(objects.flatMap(({ Resource }) => Resource)).toEqual([
      `${names.buckets.ledger}/public/*`,
      `${names.buckets.releases}/*`,
    ]);
    expect(tableCall("trust-site", "Query", "PUBLIC#pilox#")).toBe(true);
    expect(tableCall("trust-site", "GetItem", "DRAFT#pilox#")).toBe(false);
    expect(tableCall("trust-site", "GetItem", "REPORT#pilox#r1#")).toBe(false);
  });

  it("that platform-api has a word for nothing but the table, and for no report, conversation, key or mail in it", () => {
    const actions = allOf("platform-api").flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !/^(?:dynamodb|logs):/.test(action))).toEqual([]);
    expect(keyStatements.filter(({ statement }) => speaksOf(statement, "platform-api"))).toEqual([]);
    const every = ["GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem"];
    for (const kind of ["REPORT", "OUTBOX", "QUARANTINE", "SEALING", "KEY", "CLOCKS", "DRAFT", "TOKEN"])
      for (const action of every) expect(tableCall("platform-api", action, `${kind}#pilox#`)).toBe(false);
    for (const action of ["GetItem", "Query", "UpdateItem", "DeleteItem"])
      for (const kind of ["MEMBER", "AUDIT", "SIGNING"])
        expect(tableCall("platform-api", action, `${kind}#pilox#`)).toBe(false);
  });

  it("that host-check can give a host and see nothing else of a tenant", () => {
    expect(tableCall("host-check", "PutItem", "HOST#trust.pilox.example#")).toBe(true);
    for (const kind of ["TENANT", "MEMBER", "REPORT", "OUTBOX"])
      for (const action of ["GetItem", "Query", "PutItem"])
        expect(tableCall("host-check", action, `${kind}#pilox#`)).toBe(false);
    const actions = allOf("host-check").flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !/^(?:dynamodb|logs):/.test(action))).toEqual([]);
  });

  it("that the notary signs and makes keys to sign with, and can't decrypt: no policy has a word for it", () => {
    const own = allOf("notary").flatMap(({ Action }) => Action.filter((action) => action.startsWith("kms:")));
    const words = ["kms:CreateKey", "kms:GetPublicKey", "kms:Sign", "kms:TagResource"];
    expect([...new Set(own)].sort()).toEqual(words);
    const byKey = keyStatements.filter(({ statement }) => speaksOf(statement, "notary"));
    expect(byKey.map(({ key, statement }) => [key, statement.Action])).toEqual([
      ["Checkpoints", ["kms:Sign", "kms:GetPublicKey"]],
      ["Receipts", ["kms:GetPublicKey"]],
    ]);
    const sign = (tenant: string | undefined) =>
      isAllowed(allOf("notary"), {
        action: "kms:Sign",
        resource: `arn:aws:kms:${region}:${account}:key/1`,
        context: new Map(tenant === undefined ? [] : [["aws:ResourceTag/tenant", tenant]]),
      });
    expect([sign("@statements:pilox"), sign("pilox"), sign("@platform"), sign(undefined)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("that the publisher opens drafts and writes releases, and can't sign, show anything, or touch another tenant", () => {
    const own = [...allOf("publisher"), ...allOf("publisher-tenant")].flatMap(({ Action }) => Action);
    expect(own.filter((action) => action.startsWith("kms:"))).toEqual([]);
    const may = (call: string) => {
      const [operation = "", partition = ""] = call.split(" ");
      const context = new Map<string, string | string[]>([["dynamodb:LeadingKeys", [partition]]]);
      context.set("aws:PrincipalTag/tenant", "pilox");
      const asked = { action: `dynamodb:${operation}`, resource: names.table, context };
      return isAllowed(allOf("publisher-tenant"), asked);
    };
    for (const call of ["Query DRAFT#pilox#", "PutItem RELEASE#pilox#", "PutItem PENDING#pilox#"])
      expect([call, may(call)]).toEqual([call, true]);
    for (const call of [
      ...["GetItem REPORT#pilox#r1#", "PutItem PUBLIC#pilox#", "UpdateItem PUBLIC#pilox#", "PutItem DRAFT#pilox#"],
      ...["PutItem PENDING#~platform#", "PutItem PENDING#hearth#", "PutItem RELEASE#hearth#", "Query DRAFT#hearth#"],
    ])
      expect([call, may(call)]).toEqual([call, false]);
  });

  it("that the notary can't read a draft, nor what a release holds", () => {
    for (const operation of ["GetItem", "BatchGetItem", "Query"])
      expect(tableCall("notary", operation, "DRAFT#pilox#")).toBe(false);
    const objects = policyOf("notary", "rights").flatMap(({ Resource = [] }) => Resource);
    expect(objects.filter((one) => one.startsWith(names.buckets.releases))).toEqual([]);
  });

  it("that every key of the platform has an owner, so that nobody makes it his own by a tag", () => {
    for (const key of ["Sealing", "Transit", "Digests", "Checkpoints", "Receipts", "Api"])
      expect(at(resources, `Keys/${key}`).Properties["Tags"]).toEqual([{ Key: "tenant", Value: "@platform" }]);
  });

  it("that the keys open only to the roles whose rights say so, and as their rights say", () => {
    for (const principal of principals) {
      const inPolicy = keyStatements.flatMap(({ key, statement }) => {
        if (!speaksOf(statement, principal)) return [];
        const { ArnEquals: _role, ...Condition } = statement.Condition ?? {};
        const conditions = Object.keys(Condition).length > 0 ? { Condition } : {};
        return [{ Effect: "Allow", Action: statement.Action, Resource: [arn(`Keys/${key}`)], ...conditions }];
      });
      const inRights = statementsFor(principal, names).filter(({ Resource }) =>
        Resource?.some((one) => /^<Keys/.test(one)),
      );
      expect(inPolicy).toEqual(inRights);
    }
  });

  it("that an administrator of the account looks after the keys and can't use them, nor hand their use out", () => {
    const rest = keyStatements.filter(({ statement }) => statement.Condition === undefined);
    expect(rest).toHaveLength(7);
    const use = /^kms:(?:\*|Encrypt|Decrypt|ReEncrypt|Generate|Verify|Sign|Derive|Create(?:Grant|\*)|Put\*|Import)/;
    for (const { statement } of rest) expect(statement.Action.filter((action) => use.test(action))).toEqual([]);
    for (const { statement } of keyStatements) {
      expect(statement.Principal).toEqual({ AWS: [`arn:aws:iam::${account}:root`] });
    }
  });

  it("that what SES, SNS and S3 themselves may write is bound to one source", () => {
    const policies = ["S3::BucketPolicy", "SQS::QueuePolicy", "SNS::TopicPolicy"].flatMap((type) =>
      ofType(resources, type).flatMap((policy) => statementsIn(policy)),
    );
    const allowed = policies.filter(({ Effect }) => Effect === "Allow");
    expect(allowed.length).toBeGreaterThan(5);
    for (const { Principal, Condition } of allowed) {
      expect(Object.keys(Principal as object)).toEqual(["Service"]);
      const given = JSON.stringify(Condition).toLowerCase();
      const alarms = JSON.stringify(Principal).includes("cloudwatch.amazonaws.com");
      expect(given).toContain(alarms ? "aws:sourceaccount" : "aws:sourcearn");
    }
  });
});

function speaksOf({ Condition }: Statement, principal: Principal): boolean {
  return Condition?.["ArnEquals"]?.["aws:PrincipalArn"] === `arn:aws:iam::${account}:role/candor-${principal}`;
}

function tableCall(principal: Principal, operation: string, partition: string): boolean {
  const context = new Map([["dynamodb:LeadingKeys", [partition]]]);
  return isAllowed(allOf(principal), { action: `dynamodb:${operation}`, resource: names.table, context });
}
