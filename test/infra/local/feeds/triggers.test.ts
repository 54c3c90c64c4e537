import { describe, expect, it } from "vitest";
import { doorOfRequest } from "#infra/local/feeds/triggers.ts";

describe("the door of a request to the API's host", () => {
  it.each(["/v1/tenants", "/v1/tenants/hearth", "/platform/openapi.json", "/platform/"])(
    "is platform-api for %s",
    (path) => expect(doorOfRequest("api", path)).toBe("platform-api"),
  );

  it.each([
    ...["/", "/openapi.json", "/v1/me", "/v1/token", "/v1/tenants/hearth/", "/v1/tenants/hearth/reports"],
    ...["/v1/tenants/hearth/keys/tenants", "/v1/tenantsx", "/v2/tenants", "/xplatform/", "/platform", ""],
    ...["/v1/tenants/hearth/../merlin", "/healthz"],
  ])("is admin-api for %j", (path) => expect(doorOfRequest("api", path)).toBe("admin-api"));
});

describe("the door of a tenant's host", () => {
  it.each(["/", "/v1/tenants", "/platform/"])("is trust-site for %s", (path) =>
    expect(doorOfRequest("tenant", path)).toBe("trust-site"),
  );
});
