import { describe, expect, it } from "vitest";
import { MAX_HEADER_FIELDS, readHeader } from "#shared/mail/header.ts";
import type { MailProblem } from "#shared/mail/problem.ts";
import { written } from "./written-mail.ts";

function read(raw: Buffer) {
  const problems = new Set<MailProblem>();
  const bounds = { from: 0, to: raw.length, budget: Number.MAX_SAFE_INTEGER, isBoundary: () => false };
  const { fields, bodyFrom } = readHeader(raw, bounds, problems);
  return {
    fields: fields.map(({ name, value }) => `${name}=${value}`),
    body: raw.toString("utf8", bodyFrom),
    problems: [...problems],
  };
}

describe("readHeader", () => {
  it("unfolds continuation lines and finds the body", () => {
    const raw = written("Subject: This", " is a test", "To: a@b.example", "", "body");
    expect(read(raw)).toEqual({ fields: ["Subject=This is a test", "To=a@b.example"], body: "body", problems: [] });
  });

  it("keeps the order and every repetition of a field", () => {
    expect(read(written("From: a", "X: 1", "From: b", "", "")).fields).toEqual(["From=a", "X=1", "From=b"]);
  });

  it("takes bare LF and bare CR as line ends", () => {
    expect(read(Buffer.from("A: 1\nB: 2\n\nbody")).fields).toEqual(["A=1", "B=2"]);
    expect(read(Buffer.from("A: 1\rB: 2\r\rbody"))).toMatchObject({ fields: ["A=1", "B=2"], body: "body" });
  });

  it("accepts white space before the colon (RFC 5322 §4.5)", () => {
    expect(read(written("Subject : x", "", "")).fields).toEqual(["Subject=x"]);
  });

  it("skips an mbox line before the first field", () => {
    expect(read(written("From a@b.example Wed Jan 12 08:08:13 2005", "A: 1", "", "")).fields).toEqual(["A=1"]);
  });

  it("begins the body at a line that is no field when the empty line is missing", () => {
    const raw = written("A: 1", "Hello,", "I found something. Note: bad", "", "more");
    expect(read(raw)).toEqual({
      fields: ["A=1"],
      body: "Hello,\r\nI found something. Note: bad\r\n\r\nmore",
      problems: ["header-damaged"],
    });
  });

  it("skips a damaged line when well-known fields follow", () => {
    const raw = written("A: 1", "\\tby h2.server.example", "From: a@b.example", "", "body");
    expect(read(raw)).toEqual({ fields: ["A=1", "From=a@b.example"], body: "body", problems: ["header-damaged"] });
  });

  it("reads 8-bit values as UTF-8 where they are, else as windows-1252", () => {
    const raw = Buffer.concat([Buffer.from("A: Grüße\r\nB: "), Buffer.from([0x80, 0xe9]), Buffer.from("\r\n\r\n")]);
    expect(read(raw).fields).toEqual(["A=Grüße", "B=€é"]);
  });

  it("keeps no more fields than the limit, finds the body behind them and says so", () => {
    const raw = Buffer.from(`${"A: 1\r\n".repeat(MAX_HEADER_FIELDS + 5)}\r\nbody`);
    const { fields, body, problems } = read(raw);
    expect([fields.length, body, problems]).toEqual([MAX_HEADER_FIELDS, "body", ["too-many-fields"]]);
  });

  it("skips a field that passes the size limit, finds the body behind it and says so", () => {
    const raw = Buffer.from(`A: 1\r\nB: ${"x".repeat(1024 * 1024)}\r\n\r\nbody`);
    expect(read(raw)).toEqual({ fields: ["A=1"], body: "body", problems: ["header-too-large"] });
  });
});
