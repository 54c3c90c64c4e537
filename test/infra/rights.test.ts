import { describe, expect, it } from "vitest";
import { type Principal, type Right, rights } from "#infra/rights.ts";

const all = Object.entries(rights) as [Principal, readonly Right[]][];
const each = all.flatMap(([principal, held]) => held.map((right) => ({ principal, right })));
// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of the table of rights.
const placeholder = "${tenant}";
const tenantRoles = ["admin-api-tenant", "jobs-tenant", "publisher-tenant"] as const;

const anyAddress = "ADDRESS#*";

describe("the table of rights", () => {
  it("has no partition pattern whose wildcard could match another tenant's slug", () => {
    const patterns = each.flatMap(({ right }) => (right.on === "table" ? right.keys : []));
    expect(patterns.length).toBeGreaterThan(20);
    for (const pattern of patterns) expect(pattern).toMatch(/^[A-Z]+#(?:(?:\$\{tenant\}|~?[a-z]+)#)?\*?$/);
  });

  it("has no object prefix that ends within a name", () => {
    const prefixes = each.flatMap(({ right }) => (right.on === "bucket" ? [right.prefix] : []));
    for (const prefix of prefixes) expect(prefix).toMatch(/^$|^(?:\$\{tenant\}|[a-z]+|[a-z]+\/\$\{tenant\})\/$/);
  });

  it("gives nobody the whole of a bucket to read, list or empty", () => {
    // What releases hold is made to be shown: the site of every tenant reads it.
    const open = each.filter(
      ({ right }) => right.on === "bucket" && right.prefix === "" && right.bucket !== "releases",
    );
    for (const { right } of open) expect(right.actions).toEqual(["s3:PutObject"]);
  });

  it("gives nobody a scan, PartiQL, a batch of writes or a wildcard of actions", () => {
    const known = [
      ...["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"].map(
        (operation) => `dynamodb:${operation}`,
      ),
      ...["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"],
      ...["Encrypt", "Decrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo", "GenerateMac", "VerifyMac"].map(
        (operation) => `kms:${operation}`,
      ),
      ...["Sign", "Verify", "GetPublicKey", "CreateKey", "TagResource", "DisableKey", "EnableKey"].map(
        (operation) => `kms:${operation}`,
      ),
      ...["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
      ...["sqs:SendMessage", "ses:SendRawEmail", "sts:AssumeRole", "sts:TagSession"],
    ];
    for (const { right } of each) for (const action of right.actions) expect(known).toContain(action);
  });

  it("binds everything that a tenant role may do to its tenant", () => {
    for (const role of tenantRoles) {
      for (const right of rights[role]) expect([right, isBound(right)]).toEqual([right, true]);
    }
  });

  it("lets a tenant role claim and give up addresses, and never read whose one is", () => {
    const held = rights["admin-api-tenant"].filter((right) => right.on === "table" && right.keys.includes(anyAddress));
    expect(held.map(({ actions }) => actions)).toEqual([["dynamodb:PutItem", "dynamodb:DeleteItem"]]);
  });

  it("gives the operators' API tables alone, and nothing that a tenant keeps to read", () => {
    const held = rights["platform-api"];
    expect(new Set(held.map(({ on }) => on))).toEqual(new Set(["table"]));
    const read = held.flatMap((right) =>
      right.on === "table" && right.actions.some((action) => /Get|Query/.test(action)) ? right.keys : [],
    );
    expect([...new Set(read)].sort()).toEqual([
      ...["DIRECTORY#~tenants#", "HOSTS#*", "IDEMPOTENCY#~platform#", "OPERATOR#~platform#", "TENANT#*"],
    ]);
  });

  it("gives the look-up of hosts hosts, and events to write", () => {
    const keys = rights["host-check"].flatMap((right) => (right.on === "table" ? right.keys : [right.on]));
    expect([...new Set(keys)].sort()).toEqual(["AUDIT#*", "DUE#host#*", "HOST#*", "HOSTS#*"]);
  });

  it("lets nobody use the platform's transit key outside of transit", () => {
    const shared = each.flatMap(({ right }) => (right.on === "key" && right.key === "transit" ? [right] : []));
    expect(shared).toHaveLength(1);
    for (const { context } of shared) expect(context).toEqual({ tenant: placeholder, purpose: "transit" });
  });

  it("lets nobody use a key of another account but with the purpose by which its owner allows it", () => {
    const foreign = each.flatMap(({ right }) =>
      right.on === "foreign-keys" || right.on === "any-tenants-keys" ? [right.context["purpose"] ?? []].flat() : [],
    );
    expect(new Set(foreign)).toEqual(new Set(["transit", "conversation", "outbox", "quarantine"]));
  });

  it("lets nobody decrypt what is in the shelter, and one role move it out", () => {
    const sheltering = each.filter(
      ({ right }) => "context" in right && [right.context["purpose"] ?? []].flat().includes("shelter"),
    );
    expect(sheltering.map(({ principal, right }) => [principal, right.actions])).toEqual([
      ["inbound-mail", ["kms:Encrypt"]],
      ["jobs-tenant", ["kms:ReEncryptFrom"]],
    ]);
    const unbound = each.filter(
      ({ right }) => right.on === "key" && right.key === "sealing" && !right.context["purpose"],
    );
    expect(unbound).toEqual([]);
  });

  it("uses the tenant's placeholder for nobody who has no tag", () => {
    const untagged = all.filter(([principal]) => !(tenantRoles as readonly string[]).includes(principal));
    expect(JSON.stringify(untagged)).not.toContain(placeholder);
  });

  it("lets only the outbox and the tenant's own roles open anything", () => {
    const openers = each.filter(({ right }) => (right.actions as readonly string[]).includes("kms:Decrypt"));
    expect(new Set(openers.map(({ principal }) => principal))).toEqual(
      new Set(["outbox", "admin-api-tenant", "jobs-tenant"]),
    );
  });
});

/** Whether the session's tenant is in what the right is on. */
function isBound(right: Right): boolean {
  switch (right.on) {
    case "table":
      // The public log is everybody's to read. An address has no tenant in its partition: see the test of its own.
      return right.keys.every(
        (key) => key.includes(`#${placeholder}#`) || /^(?:LOG|LEAF)#~public#$/.test(key) || key === anyAddress,
      );
    case "bucket":
      return right.prefix.includes(`${placeholder}/`) || (right.bucket === "ledger" && right.prefix === "public/");
    case "key":
    case "foreign-keys":
      return right.context["tenant"] === placeholder;
    case "tenant-keys":
    case "new-tenant-key":
      return true;
    default:
      return false;
  }
}
