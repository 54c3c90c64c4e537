import { describe, expect, it } from "vitest";
import { readDeployment } from "#infra/stack/deployment.ts";

const read = (context: Record<string, unknown>, environment: Record<string, string> = {}) =>
  readDeployment((name) => context[name], environment);

describe("the deployment", () => {
  it("is complete without context, account or region", () => {
    expect(read({})).toEqual({
      name: "candor",
      domain: "example.org",
      region: "us-east-1",
      account: "123456789012",
    });
  });

  it("is what the context and CDK's account say", () => {
    const environment = { CDK_DEFAULT_ACCOUNT: "210987654321", CDK_DEFAULT_REGION: "eu-west-1" };
    expect(read({ domain: "trust.example", alarmAddress: "ops@example.com" }, environment)).toEqual({
      name: "candor",
      domain: "trust.example",
      alarmAddress: "ops@example.com",
      region: "eu-west-1",
      account: "210987654321",
    });
  });

  it("names each value that can't be used", () => {
    expect(() => read({ domain: "https://example.org/", name: "Two Words" })).toThrow(
      /domain: .*; ?name|name: .*; ?domain/,
    );
    expect(() => read({ domain: "localhost" })).toThrow("write a domain");
    expect(() => read({ alarmAddress: "nobody" })).toThrow("alarmAddress");
  });
});
