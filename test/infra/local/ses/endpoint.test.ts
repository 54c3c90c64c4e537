import { GetSendQuotaCommand, SESClient, SendRawEmailCommand } from "@aws-sdk/client-ses";
import { createTransport } from "nodemailer";
import { describe, expect, it } from "vitest";
import { AccessDenied } from "#infra/local/access-denied.ts";
import type { SesCall } from "#infra/local/ses/endpoint.ts";
import { sendingSide, temporaryFolder } from "./workbench.ts";

const acknowledgement = [
  "From: Hearth security <security@hearth.localhost>",
  "To: reporter@example.org",
  "Subject: =?utf-8?Q?Received:_HEARTH-2026-=C3=A4?=",
  "Date: Thu, 01 Jan 1970 00:00:00 +0000",
  "Message-ID: <ours@hearth.localhost>",
  "In-Reply-To: <theirs@example.org>",
  "X-Trace: one",
  "X-Trace: two",
  "MIME-Version: 1.0",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "We have it, na=C3=AFve or not.",
  "",
].join("\r\n");

function send(raw: string | Uint8Array, more: Partial<SendRawEmailCommand["input"]> = {}) {
  return new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(raw) }, ...more });
}

describe("the SES endpoint", () => {
  it("keeps a sent mail with its envelope, tags and decoded parts", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    const { MessageId: id } = await side.client.send(
      send(acknowledgement, {
        Source: "Hearth <bounces@hearth.localhost>",
        Destinations: ["reporter@example.org", "second@example.org"],
        Tags: [{ Name: "outbox", Value: "item-1" }],
        ConfigurationSetName: "candor",
      }),
    );
    expect(id).toMatch(/^[0-9a-f]{16}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-000000$/);
    expect(side.mailbox.list()).toEqual([
      expect.objectContaining({
        id,
        from: "bounces@hearth.localhost",
        to: ["reporter@example.org", "second@example.org"],
        subject: "Received: HEARTH-2026-ä",
        at: "2026-11-21T12:00:00.000Z",
        text: "We have it, naïve or not.\r\n",
        tags: { outbox: "item-1" },
        configurationSet: "candor",
        caller: "AKIDOUTBOX",
      }),
    ]);
    expect(side.mailbox.get(id ?? "")?.headers).toMatchObject({
      "In-Reply-To": "<theirs@example.org>",
      "X-Trace": ["one", "two"],
    });
  });

  it("replaces Message-ID and Date, drops Bcc and leaves every other byte", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    const raw = acknowledgement.replace(
      "X-Trace: two",
      "Bcc: hidden@example.org,\r\n other@example.org\r\nX-Trace: two",
    );
    const { MessageId: id } = await side.client.send(send(raw));
    const mail = side.mailbox.get(id ?? "");
    expect(mail?.to).toEqual(["reporter@example.org", "hidden@example.org", "other@example.org"]);
    expect(mail?.raw).toBe(
      acknowledgement
        .replace("<ours@hearth.localhost>", `<${id}@email.amazonses.com>`)
        .replace("Thu, 01 Jan 1970 00:00:00 +0000", "Sat, 21 Nov 2026 12:00:00 +0000"),
    );
  });

  it("adds Message-ID and Date where there are none, with the region's host", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path, { region: "eu-west-1" });
    const { MessageId: id } = await side.client.send(
      send("From: a@hearth.localhost\r\nTo: b@example.org\r\n\r\nHello\r\n"),
    );
    expect(side.mailbox.get(id ?? "")?.raw).toBe(
      `Date: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <${id}@eu-west-1.amazonses.com>\r\n` +
        "From: a@hearth.localhost\r\nTo: b@example.org\r\n\r\nHello\r\n",
    );
  });

  it("reads the text and HTML of a mail that nodemailer composed", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    const composed = await createTransport({ streamTransport: true, buffer: true, newline: "windows" }).sendMail({
      from: "security@hearth.localhost",
      to: "reporter@example.org",
      subject: "Ünïcode ".repeat(20).trim(),
      text: "plain – täxt",
      html: "<p>märkup</p>",
      attachments: [{ filename: "note.txt", content: "not the body" }],
    });
    await side.client.send(send(composed.message as Buffer));
    expect(side.mailbox.list()[0]).toMatchObject({
      subject: "Ünïcode ".repeat(20).trim(),
      text: "plain – täxt",
      html: "<p>märkup</p>",
    });
  });

  it("answers the sending quota", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    await side.client.send(send(acknowledgement));
    expect(await side.client.send(new GetSendQuotaCommand({}))).toMatchObject({ SentLast24Hours: 1 });
  });

  it("keeps nothing of a call that the authorizer refuses", async () => {
    using folder = temporaryFolder();
    const calls: SesCall[] = [];
    const authorize = (call: SesCall): void => {
      calls.push(call);
      throw new AccessDenied("User: outbox is not authorized to perform: ses:SendRawEmail");
    };
    await using side = await sendingSide(folder.path, { authorize });
    await expect(side.client.send(send(acknowledgement))).rejects.toMatchObject({
      name: "AccessDenied",
      $metadata: { httpStatusCode: 403 },
    });
    expect(calls).toEqual([
      {
        accessKeyId: "AKIDOUTBOX",
        action: "ses:SendRawEmail",
        from: "security@hearth.localhost",
        recipients: ["reporter@example.org"],
      },
    ]);
    expect(side.mailbox.count()).toBe(0);
  });

  it("throttles with SES's own error name, and the SDK tries again by itself", async () => {
    using folder = temporaryFolder();
    let faults = 1;
    const fault = () =>
      faults-- > 0 ? { code: "Throttling", message: "Maximum sending rate exceeded <&>" } : undefined;
    await using side = await sendingSide(folder.path, { fault });
    const refused = side.client.send(send(acknowledgement));
    await expect(refused).rejects.toMatchObject({ name: "Throttling", message: "Maximum sending rate exceeded <&>" });
    faults = 1;
    const patient = new SESClient({
      region: "us-east-1",
      endpoint: side.endpoint.url,
      credentials: { accessKeyId: "AKIDOUTBOX", secretAccessKey: "secret" },
    });
    expect(await patient.send(send(acknowledgement))).toMatchObject({ $metadata: { attempts: 2 } });
    patient.destroy();
  });

  it("rejects a sender whose domain is not verified", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path, { verified: (from) => from.endsWith("@hearth.localhost") });
    const foreign = acknowledgement.replace("security@hearth.localhost", "ceo@example.com");
    await expect(side.client.send(send(foreign))).rejects.toMatchObject({ name: "MessageRejected" });
    const spoofed = send(foreign, { Source: "security@hearth.localhost" });
    await expect(side.client.send(spoofed)).rejects.toThrow("US-EAST-1: ceo@example.com");
    await expect(side.client.send(send(acknowledgement))).resolves.toBeDefined();
  });

  it("takes a message of 10 MB and refuses one byte more", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    // 0xfb gives base64 full of + and /, each of which takes three characters in the form.
    const limit = 10 * 1024 * 1024;
    const head = Buffer.from("From: a@hearth.localhost\r\nTo: b@example.org\r\n\r\n");
    const exact = Buffer.concat([head, Buffer.alloc(limit - head.length, 0xfb)]);
    await expect(side.client.send(send(exact))).resolves.toBeDefined();
    const over = send(Buffer.concat([exact, Buffer.from("x")]));
    await expect(side.client.send(over)).rejects.toMatchObject({ name: "InvalidParameterValue" });
    const far = send(Buffer.concat([exact, Buffer.alloc(3 * limit, 0xfb)]));
    await expect(side.client.send(far)).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } });
    expect(side.mailbox.count()).toBe(1);
  });

  it("takes 50 recipients and refuses 51", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    const to = (count: number) => Array.from({ length: count }, (_, n) => `r${n}@example.org`);
    await expect(side.client.send(send(acknowledgement, { Destinations: to(50) }))).resolves.toBeDefined();
    const refused = side.client.send(send(acknowledgement, { Destinations: to(51) }));
    await expect(refused).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });

  it.each([
    ["a repeated single header", acknowledgement.replace("X-Trace: one", "In-Reply-To: <again@example.org>")],
    ["a bare LF in a header", acknowledgement.replace("X-Trace: one", "X-Trace: one\nBcc: thief@example.org")],
    ["a bare CR in a header", acknowledgement.replace("X-Trace: one", "X-Trace: one\rBcc: thief@example.org")],
    ["a bare LF in the body", `${acknowledgement}one\ntwo\r\n`],
    ["a line that is no field", acknowledgement.replace("X-Trace: one", "no field at all")],
    ["a first line that continues nothing", ` folded\r\n${acknowledgement}`],
    ["no From", acknowledgement.replace(/^From: .*\r\n/, "")],
    ["no recipient", acknowledgement.replace("To: reporter@example.org\r\n", "")],
  ])("refuses %s", async (_, raw) => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    await expect(side.client.send(send(raw))).rejects.toMatchObject({ name: "InvalidParameterValue" });
    expect(side.mailbox.count()).toBe(0);
  });

  it.each([
    ["an address without a domain", { Destinations: ["nobody"] }],
    ["a tag with a space", { Tags: [{ Name: "a b", Value: "c" }] }],
  ])("refuses %s among the parameters", async (_, more) => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    await expect(side.client.send(send(acknowledgement, more))).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
  });

  it("refuses an unsigned request and an unknown action", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    const unsigned = await fetch(side.endpoint.url, { method: "POST", body: "Action=SendRawEmail" });
    expect([unsigned.status, await unsigned.text()]).toEqual([
      403,
      expect.stringContaining("MissingAuthenticationToken"),
    ]);
    const authorization = "AWS4-HMAC-SHA256 Credential=AKID/20261121/us-east-1/ses/aws4_request, Signature=00";
    const unknown = await fetch(side.endpoint.url, { method: "POST", headers: { authorization }, body: "Action=Nope" });
    expect([unknown.status, await unknown.text()]).toEqual([
      400,
      expect.stringContaining("<Code>InvalidAction</Code>"),
    ]);
  });

  it("answers a failing mailbox with 500 and tells the host", async () => {
    using folder = temporaryFolder();
    const errors: unknown[] = [];
    await using side = await sendingSide(folder.path, {
      authorize: () => {
        throw new Error("disk secret");
      },
      onError: (error) => errors.push(error),
    });
    await expect(side.client.send(send(acknowledgement))).rejects.toMatchObject({
      name: "InternalFailure",
      message: expect.not.stringContaining("disk secret"),
    });
    expect(errors).toHaveLength(1);
  });
});
