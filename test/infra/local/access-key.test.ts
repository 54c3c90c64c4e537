import { describe, expect, it } from "vitest";
import { accessKeyOf } from "#infra/local/access-key.ts";

describe("The access key of a request", () => {
  it("is the first part of the credential scope (AWS Signature Version 4)", () => {
    const authorization =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79";
    expect(accessKeyOf({ authorization })).toEqual({ accessKeyId: "AKIDEXAMPLE" });
    const withToken = accessKeyOf({ authorization, "x-amz-security-token": "token" });
    expect(withToken).toEqual({ accessKeyId: "AKIDEXAMPLE", sessionToken: "token" });
  });

  it("is found wherever the credential stands in the header", () => {
    const authorization =
      "AWS4-HMAC-SHA256 SignedHeaders=host,Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request,Signature=0";
    expect(accessKeyOf({ authorization })?.accessKeyId).toBe("AKIDEXAMPLE");
  });

  it("is absent where the header names none", () => {
    for (const authorization of [
      "",
      "Bearer abc",
      "AWS4-HMAC-SHA256 Credential=/2015/",
      "AWS4-HMAC-SHA256 XCredential=A/b",
    ])
      expect(accessKeyOf({ authorization })).toBeUndefined();
    expect(accessKeyOf({})).toBeUndefined();
  });
});
