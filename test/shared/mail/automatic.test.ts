import { describe, expect, it } from "vitest";
import { automatic } from "#shared/mail/automatic.ts";
import { readMessage } from "#shared/mail/message.ts";
import { looksOutOfOffice } from "#shared/mail/out-of-office.ts";
import type { Verdicts } from "#shared/mail/verdicts.ts";
import { written } from "./written-mail.ts";

const passed: Pick<Verdicts, "dmarc" | "spam" | "virus"> = { dmarc: "PASS", spam: "PASS", virus: "PASS" };

function judge(
  headers: string[],
  arrival: { envelopeFrom?: string; verdicts?: Partial<Verdicts>; body?: string[] } = {},
) {
  const mail = readMessage(
    written("From: a@x.example", "Subject: Hole", ...headers, "", ...(arrival.body ?? ["text"])),
  );
  return automatic({
    mail,
    envelopeFrom: arrival.envelopeFrom ?? "a@x.example",
    verdicts: { ...passed, ...arrival.verdicts },
    ownAddresses: ["@hearth.localhost", "security@hearth.example"],
  });
}

describe("automatic", () => {
  it.each([
    [["Auto-Submitted: auto-replied (vacation)"], "auto-reply", "auto-submitted"],
    [["Auto-Submitted: auto-generated; owner-email=a@x.example"], "auto-reply", "auto-submitted"],
    [["X-Autoreply: yes"], "auto-reply", "auto-response-header"],
    [["Precedence: auto_reply"], "auto-reply", "precedence"],
    [["Precedence: bulk"], "list", "precedence"],
    [["List-Unsubscribe: <https://x.example>"], "list", "list"],
    [["X-Candor-Loop: abc"], "auto-reply", "own-loop-header"],
    [["Content-Type: text/calendar; method=REPLY"], "auto-reply", "calendar-reply"],
    [["Content-Type: multipart/report; report-type=disposition-notification; boundary=q"], "auto-reply", "report"],
    [["Content-Type: multipart/report; report-type=delivery-status; boundary=q"], "bounce", "delivery-report"],
    [["Sender: MAILER-DAEMON@mx.example"], "bounce", "mailer-daemon"],
    [["X-Auto-Response-Suppress: All"], "message", "asks-for-no-answer"],
    [["Sender: x@sub.hearth.localhost"], "message", "own-address"],
    [["Sender: Security@hearth.example"], "message", "own-address"],
  ])("does not answer %s", (headers, kind, reason) => {
    expect(judge(headers)).toEqual({ kind, mayAnswer: false, reason });
  });

  it.each([
    ["Auto-Submitted: no"],
    ["Auto-Submitted: No (really)"],
    ["Precedence: normal"],
    ["X-Auto-Response-Suppress: DR, RN"],
    ["Sender: postmaster@x.example"],
    ["Sender: x@nothearth.localhost"],
  ])("answers %s", (header) => {
    expect(judge([header])).toEqual({ kind: "message", mayAnswer: true });
  });

  it.each(["", "<>"])("answers no null sender, written as '%s'", (envelopeFrom) => {
    expect(judge([], { envelopeFrom })).toEqual({ kind: "auto-reply", mayAnswer: false, reason: "null-sender" });
    expect(judge(["Sender: postmaster@x.example"], { envelopeFrom }).kind).toBe("bounce");
  });

  it.each([
    ["dmarc", "forged-sender"],
    ["spam", "spam"],
    ["virus", "virus"],
  ])("answers no mail that failed %s, and still calls it a message", (check, reason) => {
    expect(judge([], { verdicts: { [check]: "FAIL" } })).toEqual({ kind: "message", mayAnswer: false, reason });
  });

  it("answers nobody who left no address", () => {
    const mail = readMessage(written("From: somebody", "", "x"));
    expect(automatic({ mail, envelopeFrom: "a@x.example", verdicts: passed, ownAddresses: [] }).reason).toBe(
      "no-address",
    );
  });
});

describe("looksOutOfOffice", () => {
  it.each([
    "Automatic reply: Hole",
    "Abwesenheitsnotiz: x",
    "Réponse automatique : x",
    "自動応答: x",
    "Out of Office",
    "Out of office Re: x",
  ])("takes '%s' for an out-of-office note", (subject) => {
    expect(looksOutOfOffice(subject)).toBe(true);
  });

  it.each([
    "Out of office auto-reply leaks internal addresses",
    "Vacation responder can be abused",
    "Re: Automatic reply: x",
    "Autosvarere can be abused",
  ])("takes '%s' for a report", (subject) => {
    expect(looksOutOfOffice(subject)).toBe(false);
  });
});
