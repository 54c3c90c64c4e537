import { describe, expect, it } from "vitest";
import { readMessage } from "#shared/mail/message.ts";
import { senderStanding } from "#shared/mail/sender-standing.ts";
import type { Verdicts } from "#shared/mail/verdicts.ts";
import { written } from "./written-mail.ts";

const standing = (headers: string[], verdicts: Pick<Verdicts, "dkim" | "dmarc">) =>
  senderStanding(readMessage(written(...headers, "", "x")), verdicts);
const from = "From: a@mail.x.example";
const results = (result: string) => `Authentication-Results: amazonses.com; spf=pass; ${result}`;

describe("senderStanding", () => {
  it.each([
    ["PASS", "verified"],
    ["GRAY", "unverified"],
    ["FAIL", "failed"],
    ["PROCESSING_FAILED", "unverified"],
    ["DISABLED", "unverified"],
  ] as const)("follows a DMARC verdict of %s", (dmarc, expected) => {
    expect(standing([from], { dkim: "PASS", dmarc })).toBe(expected);
  });

  it.each([
    ["two From headers", [from, "From: b@y.example"]],
    ["a group", ["From: us: a@x.example;"]],
    ["a name that shows another address", ['From: "b@y.example" <a@x.example>']],
    ["a damaged header", ["damaged line", from]],
  ])("never verifies %s", (_, headers) => {
    expect(standing(headers, { dkim: "PASS", dmarc: "PASS" })).toBe("unverified");
  });

  it("calls a failed sender failed, whatever else is odd", () => {
    expect(standing([from, from], { dkim: "PASS", dmarc: "FAIL" })).toBe("failed");
  });

  it("takes a DKIM signature of the domain, or of a parent, where there is no DMARC policy", () => {
    for (const domain of ["mail.x.example", "x.example"]) {
      expect(standing([results(`dkim=pass header.i=@${domain}`), from], { dkim: "PASS", dmarc: "GRAY" })).toBe(
        "verified",
      );
    }
  });

  it.each([
    ["of another domain", [results("dkim=pass header.i=@evil.example"), from], "PASS"],
    ["of a domain that only ends alike", [results("dkim=pass header.i=@l.x.example"), from], "PASS"],
    [
      "that the sender wrote into the envelope sender",
      [results("envelope-from=a; dkim=pass header.i=@x.example; helo=b; dkim=pass header.i=@evil.example"), from],
      "PASS",
    ],
    ["that failed", [results("dkim=fail header.i=@x.example"), from], "PASS"],
    ["that SES did not pass", [results("dkim=pass header.i=@x.example"), from], "GRAY"],
    [
      "that the sender wrote below SES's own result",
      [results("dkim=none"), results("dkim=pass header.i=@x.example"), from],
      "PASS",
    ],
    [
      "that another server claims",
      ["Authentication-Results: mx.evil.example; dkim=pass header.i=@x.example", from],
      "PASS",
    ],
  ] as const)("takes no signature %s", (_, headers, dkim) => {
    expect(standing([...headers], { dkim, dmarc: "GRAY" })).toBe("unverified");
  });
});
