import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMessage } from "#shared/mail/message.ts";
import { decodeWhole } from "#shared/mail/transfer-encoding.ts";
import { written } from "./written-mail.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("readMessage", () => {
  it("reads the headers that a report needs", () => {
    const mail = readMessage(
      written(
        "From: =?utf-8?Q?J=C3=B6rg?= <jorg@example.org>",
        "To: security@hearth.localhost, b@x.example",
        "Cc: c@x.example",
        "Reply-To: r@x.example",
        "Subject: =?utf-8?Q?L=C3=BCcke?= in\t the login",
        "Message-ID: <1@example.org>",
        "In-Reply-To: <0@example.org>",
        "References: <a@x> <0@example.org>",
        "Date: Fri, 21 Nov 1997 09:55:06 -0600",
        "",
        "Hello",
      ),
    );
    expect(mail).toMatchObject({
      from: { name: "Jörg", address: "jorg@example.org" },
      fromProblems: [],
      to: [{ address: "security@hearth.localhost" }, { address: "b@x.example" }],
      cc: [{ address: "c@x.example" }],
      replyTo: [{ address: "r@x.example" }],
      messageId: "1@example.org",
      inReplyTo: ["0@example.org"],
      references: ["a@x", "0@example.org"],
      text: "Hello",
      textFrom: "plain",
      attachments: [],
      problems: [],
      hasHeader: true,
    });
    expect(mail.date?.toISOString()).toBe("1997-11-21T15:55:06.000Z");
    expect(mail.subject.replace(/\s+/g, " ")).toBe("Lücke in the login");
    expect(mail.header("MESSAGE-ID")).toBe("<1@example.org>");
  });

  it.each([
    ["no-from", ["Subject: x"]],
    ["several-from-headers,several-addresses", ["From: a@x.example", "From: b@y.example"]],
    ["several-addresses", ["From: a@x.example, b@y.example"]],
    ["group", ["From: us: a@x.example;"]],
    ["no-address", ["From: somebody"]],
    ["name-holds-address", ['From: "ceo@bank.example" <a@x.example>']],
    ["name-holds-address", [`From: =?utf-8?B?${Buffer.from("ceo@bank.example").toString("base64")}?= <a@x.example>`]],
  ])("notes %s", (problems, headers) => {
    expect(readMessage(written(...headers, "", "x")).fromProblems.join()).toBe(problems);
  });

  it("does not mind a display name that repeats the address", () => {
    expect(readMessage(written('From: "A@x.example" <a@X.example>', "", "")).fromProblems).toEqual([]);
  });

  it("cuts a long subject and takes control characters and overrides out", () => {
    const { subject } = readMessage(written(`Subject: a\u202e=?utf-8?Q?b=0D=0AX:_c?=${"d".repeat(2000)}`, "", ""));
    expect([subject.slice(0, 7), subject.length]).toEqual(["ab X: c", 998]);
  });

  it("prefers plain text of an alternative, and takes HTML where the plain text is empty", () => {
    const both = (plain: string) =>
      readMessage(
        written(
          "Content-Type: multipart/alternative; boundary=b",
          "",
          "--b",
          "",
          plain,
          "--b",
          "Content-Type: text/html",
          "",
          "<p>rich</p>",
          "--b--",
        ),
      );
    expect(both("poor")).toMatchObject({ text: "poor", textFrom: "plain", attachments: [] });
    expect(both(" ")).toMatchObject({ text: "rich", textFrom: "html", attachments: [] });
  });

  it("joins the text parts of a mixed message and keeps quotes and signatures", () => {
    const mail = readMessage(
      written(
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "",
        "one",
        "> quoted",
        "--b",
        "",
        "-- ",
        "me",
        "--b--",
      ),
    );
    expect(mail.text).toBe("one\n> quoted\n-- \nme");
  });

  it("reads text under its charset and transfer encoding", () => {
    const raw = written(
      "Content-Type: text/plain; charset=iso-8859-15",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "=A4 5",
    );
    expect(readMessage(raw).text).toBe("€ 5");
  });

  it("offers an embedded message whole, the files in it, and its text", () => {
    const inner = written(
      "Subject: old",
      "Content-Type: multipart/mixed; boundary=i",
      "",
      "--i",
      "",
      "inner text",
      "--i",
      "Content-Type: application/pdf",
      "",
      "pdf",
      "--i--",
    );
    const raw = written(
      "Content-Type: multipart/mixed; boundary=o",
      "",
      "--o",
      "",
      "see below",
      "--o",
      "Content-Type: message/rfc822",
      "",
      inner.toString(),
      "--o--",
    );
    const mail = readMessage(raw);
    expect(mail.attachments.map(({ mediaType, sha256: digest }) => [mediaType, digest])).toEqual([
      ["message/rfc822", sha256(inner)],
      ["application/pdf", sha256(Buffer.from("pdf"))],
    ]);
    expect(mail.text).toBe("see below\n\n[embedded message]\nSubject: old\n\ninner text");
  });

  it("offers an attached message whole, and neither shows nor lists its text", () => {
    const raw = written(
      "Content-Type: multipart/mixed; boundary=o",
      "",
      "--o",
      "",
      "see below",
      "--o",
      "Content-Type: message/rfc822",
      "Content-Disposition: attachment; filename=a.eml",
      "",
      "Subject: x",
      "",
      "inner",
      "--o--",
    );
    const mail = readMessage(raw);
    expect([mail.text, mail.attachments.map(({ fileName }) => fileName)]).toEqual(["see below", ["a.eml"]]);
  });

  it("gives an attachment's bytes back exactly, from its range alone", () => {
    const encoded = Buffer.from("PK\x03\x04\r\n\0\xff", "latin1").toString("base64");
    const raw = written(
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "Content-Type: application/zip",
      "Content-Transfer-Encoding: base64",
      'Content-Disposition: attachment; filename="../../poc\u202e.zip"',
      "",
      encoded,
      "--b",
      "Content-Type: image/png",
      "Content-ID: <logo@x>",
      "",
      "png",
      "--b--",
    );
    const [zip, png] = readMessage(raw).attachments;
    expect(zip).toMatchObject({ n: 1, fileName: "poc.zip", mediaType: "application/zip", size: 8, inline: false });
    expect(png).toMatchObject({ n: 2, fileName: "attachment-2.png", inline: true });
    const bytes = decodeWhole(zip?.encoding ?? "identity", raw.subarray(zip?.from, zip?.to));
    expect(sha256(bytes)).toBe(zip?.sha256);
    expect(Buffer.from(bytes).toString("latin1")).toBe("PK\x03\x04\r\n\0\xff");
  });

  it("shows a multipart in which no part can be found, and offers it as a file", () => {
    const mail = readMessage(written("Content-Type: multipart/mixed; boundary=b", "", "I found a hole"));
    expect(mail).toMatchObject({ text: "I found a hole", problems: ["missing-boundary"] });
    expect(mail.attachments).toHaveLength(1);
  });

  it("lists a text body that is too long to show as an attachment", () => {
    const mail = readMessage(Buffer.concat([written("Subject: x", "", ""), Buffer.alloc(9_000_000, "_")]));
    expect(mail).toMatchObject({ text: "", textFrom: "none", problems: ["text-too-long"] });
    expect(mail.attachments).toMatchObject([{ size: 9_000_000, mediaType: "text/plain" }]);
  });

  it("says when there is no header to read", () => {
    expect(readMessage(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toMatchObject({
      hasHeader: false,
      problems: expect.arrayContaining(["no-header"]),
    });
    expect(readMessage(new Uint8Array(0)).hasHeader).toBe(false);
  });

  it("never throws, whatever the bytes", () => {
    const word = fc.constantFrom(
      "From: ",
      "Content-Type: ",
      "multipart/mixed; boundary=",
      "text/html",
      "=?utf-8?b?",
      "\r\n",
      "\n\n",
      "--b",
      "Content-Transfer-Encoding: base64",
      "<p ",
      "name*0*=",
      "\xff",
    );
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      word.map((text) => Buffer.from(text, "latin1")),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const raw = Buffer.concat(pieces);
        for (const { from, to } of readMessage(raw).attachments)
          expect(from >= 0 && from <= to && to <= raw.length).toBe(true);
      }),
      { numRuns: process.env["CANDOR_FULL"] ? 10_000 : 500 },
    );
  });
});

const header = "From: a@b.example\r\nSubject: x\r\n";
const mb40 = 40 * 1024 * 1024;
const filled = (head: string, pattern: string, size: number, tail = "") =>
  Buffer.concat([Buffer.from(header + head), Buffer.alloc(size, pattern), Buffer.from(tail)]);

// A reader that goes over its input again and again takes hours for these, a busy machine some seconds: the limit is far from both.
const cpuMsAtMost = 10_000;

describe("hostile messages cost no more than their size", () => {
  it.each([
    [
      "multiparts nested 1,000 deep",
      () =>
        Buffer.from(
          header +
            Array.from(
              { length: 1000 },
              (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
            ).join(""),
        ),
    ],
    ["messages nested 1,000 deep", () => filled("", "Content-Type: message/rfc822\r\n\r\n", 30 * 1000)],
    ["100,000 headers", () => Buffer.from(`${header}${"X-A: b\r\n".repeat(100_000)}\r\nx`)],
    ["a 1 MB header", () => filled("X-A: ", "a", 1_000_000, "\r\n\r\nx")],
    ["a From header of 1 MB of parentheses", () => filled("From: ", "(", 1_000_000, "\r\n\r\nx")],
    [
      "50,000 parts",
      () => filled("Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\nx\r\n", 50_000 * 10),
    ],
    [
      "a 40 MB base64 line",
      () => filled("Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n", "A", mb40),
    ],
    [
      "40 MB of quoted-printable escapes",
      () => filled("Content-Type: image/png\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", "=", mb40),
    ],
    ["40 MB of >", () => filled("\r\n", ">", mb40)],
    ["40 MB of _", () => filled("\r\n", "_", mb40)],
    ["40 MB of empty lines", () => filled("\r\n", "\n", mb40)],
    [
      "40 MB of false boundaries",
      () => filled("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n", "--c\r\n", mb40),
    ],
    ["8 MB of open HTML tags", () => filled("Content-Type: text/html\r\n\r\n", "<div>", 8_000_000)],
    [
      "1 MB of HTML in quotes and lists",
      () =>
        filled(
          "Content-Type: text/html\r\n\r\n",
          `${"<blockquote>".repeat(19)}${"x<br>".repeat(2000)}${"</blockquote>".repeat(19)}`,
          1_000_000,
        ),
    ],
  ])("%s", (_, make) => {
    const raw = make();
    const start = process.cpuUsage();
    readMessage(raw);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(cpuMsAtMost);
  });
});
