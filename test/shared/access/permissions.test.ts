import { describe, expect, it } from "vitest";
import { permissionNames, permissions, permissionsOf, requirePermission } from "#shared/access/permissions.ts";

describe("the table of permissions", () => {
  it("gives the owner everything, and each role what the one below it has", () => {
    expect([...permissionsOf("owner")]).toEqual(permissionNames);
    for (const name of permissionsOf("viewer")) expect(permissionsOf("operator").has(name)).toBe(true);
  });

  it("gives a viewer nothing that changes or opens anything", () => {
    for (const name of permissionsOf("viewer")) expect(name).toMatch(/\.(read|list)$/);
  });

  it("has names of one form, which stand in tokens", () => {
    for (const name of permissionNames) expect(name).toMatch(/^[a-z]+\.[a-z]+$/);
  });

  it("says in a refusal what is missing and whom to ask", () => {
    expect(() => requirePermission(permissionsOf("viewer"), "report.open")).toThrow(
      expect.objectContaining({ code: "forbidden", message: expect.stringContaining(permissions["report.open"][0]) }),
    );
    expect(() => requirePermission(permissionsOf("operator"), "report.open")).not.toThrow();
  });
});
