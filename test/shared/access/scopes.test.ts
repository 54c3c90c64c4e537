import { describe, expect, it } from "vitest";
import { permissionsOf } from "#shared/access/permissions.ts";
import { permissionsOfScopes, requireOwnScopes, Scopes } from "#shared/access/scopes.ts";

describe("scopes of machines", () => {
  it("are permissions, each once, in the order of their table", () => {
    expect(Scopes.parse(["posture.edit", "report.list", "posture.edit"])).toEqual(["report.list", "posture.edit"]);
  });

  it.each([["token.manage"], ["member.manage"], ["settings.manage"], ["everything"], []])(
    "are not %j: with some a machine could give itself more",
    (...given) => expect(Scopes.safeParse(given).success).toBe(false),
  );

  it("grant nothing by a name that is no permission of machines any more", () => {
    expect([...permissionsOfScopes(["report.list", "report.burn", "token.manage"])]).toEqual(["report.list"]);
  });

  it("are given by nobody who does not hold them", () => {
    expect(() => requireOwnScopes(permissionsOf("operator"), ["report.open"])).not.toThrow();
    expect(() => requireOwnScopes(permissionsOf("operator"), ["report.open", "key.manage"])).toThrow(
      /hold key\.manage/,
    );
  });
});
