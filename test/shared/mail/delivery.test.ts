import { describe, expect, it } from "vitest";
import { sweptDelivery } from "#shared/mail/delivery.ts";
import { readMessage } from "#shared/mail/message.ts";

/** A mail as SES stores it: its own fields on top (SES developer guide, "Receiving email", stored message). */
function stored(results: string, ...senders: readonly string[]) {
  const lines = [
    "Return-Path: <ann@lab.example>",
    "Received: from mx.lab.example (mx.lab.example [192.0.2.1])",
    " by inbound-smtp.eu-west-1.amazonaws.com with SMTP id abc123",
    " for security@hearth.example;",
    " Sat, 21 Nov 2026 08:00:00 +0000 (UTC)",
    "X-SES-Spam-Verdict: PASS",
    "X-SES-Virus-Verdict: FAIL",
    `Authentication-Results: ${results}`,
    ...senders,
    "From: ann@lab.example",
    "",
    "text",
  ];
  const mail = readMessage(Buffer.from(lines.join("\r\n")));
  return sweptDelivery({ objectKey: "inbound/abc123", storedAt: new Date("2026-11-21T08:00:01Z") }, mail);
}

const failed =
  "amazonses.com;\r\n spf=pass (spfCheck: ok) client-ip=192.0.2.1;\r\n dkim=none;\r\n dmarc=fail (p=reject) header.from=lab.example;";
const passed = "amazonses.com; spf=pass client-ip=192.0.2.1; dmarc=pass header.from=lab.example;";

describe("a stored mail whose notice is lost", () => {
  it("is for the recipient that SES names, under the id in its key", () => {
    const { sesId, recipients, envelopeFrom } = stored(passed);
    expect({ sesId, recipients, envelopeFrom }).toEqual({
      sesId: "abc123",
      recipients: ["security@hearth.example"],
      envelopeFrom: "ann@lab.example",
    });
  });

  it("keeps the verdicts on spam and viruses", () => {
    expect(stored(passed).verdicts).toMatchObject({ spam: "PASS", virus: "FAIL" });
  });

  it("stays a forgery where DMARC failed", () => {
    expect(stored(failed).verdicts.dmarc).toBe("FAIL");
  });

  it("is not taken as verified, whatever its header says", () => {
    expect(stored(passed).verdicts).toMatchObject({ dmarc: "GRAY", dkim: "GRAY", spf: "GRAY" });
  });

  it("is not judged by results that the sender wrote below", () => {
    expect(stored(passed, `Authentication-Results: ${failed}`).verdicts.dmarc).toBe("GRAY");
    expect(stored("mx.example; dmarc=fail").verdicts.dmarc).toBe("GRAY");
  });
});
