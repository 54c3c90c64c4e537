import { describe, expect, it } from "vitest";
import type { Call } from "#infra/local/gate/call.ts";
import { decide } from "#infra/local/gate/decision.ts";

const get = (...keys: string[]): Call => ({ on: "table", action: "dynamodb:GetItem", keys });
const allowed = { allowed: true };
const refused = { allowed: false };

describe("the decision on a call", () => {
  it("needs a key at all", () => {
    expect(decide("trust-site", {}, get())).toMatchObject(refused);
    expect(decide("trust-site", {}, get("TENANT#acme#"))).toEqual(allowed);
  });

  it("needs every key granted, be it by different rights", () => {
    expect(decide("inbound-mail", {}, get("TENANT#a#", "ADDRESS#b#"))).toEqual(allowed);
    expect(decide("inbound-mail", {}, get("TENANT#a#", "REPORT#a#1#"))).toMatchObject(refused);
    const update = (...keys: string[]): Call => ({ on: "table", action: "dynamodb:UpdateItem", keys });
    expect(decide("outbox", {}, update("OUTBOX#a#", "CLOCKS#a#"))).toEqual(allowed);
    expect(decide("outbox", {}, update("OUTBOX#a#", "AUDIT#a#"))).toMatchObject(refused);
  });

  it("takes a star in a key or in a tag for a star", () => {
    expect(decide("admin-api-tenant", { tenant: "*" }, get("TENANT#acme#"))).toMatchObject(refused);
    expect(decide("admin-api-tenant", { tenant: "acme" }, get("TENANT#*#"))).toMatchObject(refused);
    expect(decide("admin-api-tenant", { tenant: "a" }, get("REPORT#*"))).toMatchObject(refused);
  });

  it("keeps a tenant apart from one whose slug begins alike", () => {
    const tag = { tenant: "acme" };
    expect(decide("admin-api-tenant", tag, get("REPORT#acme#1#"))).toEqual(allowed);
    expect(decide("admin-api-tenant", tag, get("REPORT#acme-labs#1#"))).toMatchObject(refused);
    const object = (name: string): Call => ({ on: "bucket", action: "s3:GetObject", bucket: "sealed", name });
    expect(decide("admin-api-tenant", tag, object("acme/1"))).toEqual(allowed);
    expect(decide("admin-api-tenant", tag, object("acme-labs/1"))).toMatchObject(refused);
    expect(decide("admin-api-tenant", tag, object("acme"))).toMatchObject(refused);
  });

  it("takes the placeholder of the table for nothing but a placeholder", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of the table of rights.
    const literal = "TENANT#${tenant}#";
    expect(decide("admin-api-tenant", {}, get(literal))).toMatchObject(refused);
    expect(decide("admin-api-tenant", { tenant: "acme" }, get(literal))).toMatchObject(refused);
  });

  it("does not find a context name that is only inherited", () => {
    const context = Object.create({ purpose: "outbox" }) as Record<string, string>;
    const decrypt = (given: Record<string, string>): Call => ({
      ...{ on: "key", action: "kms:Decrypt", key: "sealing" },
      context: given,
    });
    expect(decide("outbox", {}, decrypt(context))).toMatchObject(refused);
    expect(decide("outbox", {}, decrypt({ purpose: "outbox" }))).toEqual(allowed);
  });

  it("names the kind of a partition and never a key", () => {
    const call = get("ADDRESS#whistleblower%40example.org#");
    expect(JSON.stringify(decide("trust-site", {}, call))).not.toContain("whistleblower");
  });
});
