import { describe, expect, it } from "vitest";
import { readCredential } from "#shared/access/credential.ts";

const read = (authorization: string | undefined, query = "") =>
  readCredential(authorization, new URLSearchParams(query));
const failing = (code: string) => expect.objectContaining({ code });

describe("the credential of a request", () => {
  it.each(["Bearer a.b-c_d~e+f/g==", "bearer a.b-c_d~e+f/g==", "Bearer  a.b-c_d~e+f/g=="])(
    "is read from %j",
    (sent) => {
      expect(read(sent)).toBe("a.b-c_d~e+f/g==");
    },
  );

  it.each([undefined, "", "Bearer", "Bearer ", "Basic YTpi", "a.b.c", "Bearer a b", "Bearer é", "Bearer a, Bearer a"])(
    "is none in %j",
    (sent) => expect(() => read(sent)).toThrow(failing("unauthenticated")),
  );

  it("is none in the query, where it would come into logs", () => {
    expect(() => read(undefined, "access_token=a")).toThrow(failing("unauthenticated"));
  });

  it.each([
    ["Bearer a, Bearer b", ""],
    ["Bearer a,Basic YTpi", ""],
    ["Bearer a", "access_token=b"],
    [undefined, "access_token=a&access_token=b"],
  ])("is refused beside another one: %j %j", (sent, query) =>
    expect(() => read(sent, query)).toThrow(failing("invalid-request")),
  );
});
