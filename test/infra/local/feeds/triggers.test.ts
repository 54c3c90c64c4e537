import { describe, expect, it } from "vitest";
import { doorOfRequest } from "#infra/local/feeds/triggers.ts";

describe("the door of a request to the API's host", () => {
  it.each(["/v1/tenants", "/v1/tenants/hearth", "/platform/openapi.json", "/platform/"])(
    "is platform-api for %s",
    (path) => expect(doorOfRequest("api", path, "GET")).toBe("platform-api"),
  );

  it.each([
    ...["/", "/openapi.json", "/v1/me", "/v1/token", "/v1/tenants/hearth/", "/v1/tenants/hearth/reports"],
    ...["/v1/tenants/hearth/keys/tenants", "/v1/tenantsx", "/v2/tenants", "/xplatform/", "/platform", ""],
    ...["/v1/tenants/hearth/../merlin", "/healthz"],
  ])("is admin-api for %j", (path) => expect(doorOfRequest("api", path, "GET")).toBe("admin-api"));
});

describe("the door of a tenant's host", () => {
  it.each(["/", "/v1/tenants", "/platform/"])("is trust-site for %s", (path) =>
    expect(doorOfRequest("tenant", path, "GET")).toBe("trust-site"),
  );
});

describe("what is sent to a tenant's host", () => {
  it.each(["/subscribe", "/subscribe/confirm", "/subscribe/unsubscribe"])("goes to subscriptions at %j", (path) => {
    expect(doorOfRequest("tenant", path, "POST")).toBe("subscriptions");
    expect(doorOfRequest("tenant", path, "GET")).toBe("trust-site");
    expect(doorOfRequest("api", path, "POST")).toBe("admin-api");
  });

  it("goes to the door of the pages anywhere else, which refuses it", () => {
    for (const path of ["/subscribe/", "/subscribe/confirm/x", "/"])
      expect(doorOfRequest("tenant", path, "POST")).toBe("trust-site");
  });
});
