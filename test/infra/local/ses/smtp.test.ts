import { connect } from "node:net";
import { createTransport } from "nodemailer";
import { describe, expect, it, vi } from "vitest";
import { deliver, dialogue, ownFields, receivingSide, report, senderPart } from "./workbench.ts";

describe("the SMTP listener", () => {
  it("stores a mail byte for byte behind SES's own fields and names its id", async () => {
    await using side = await receivingSide();
    const answer = await deliver(side.smtp.port, report);
    const id = /^250 OK ([a-z0-9]{40})$/.exec(answer)?.[1] ?? "none";
    expect(side.stored.get(`inbound/${id}`)?.toString()).toBe(
      [
        "Return-Path: <eve@example.org>",
        "Received: from mx.example.org (mx.example.org [127.0.0.1])",
        ` by inbound-smtp.us-east-1.amazonaws.com with SMTP id ${id}`,
        " for security@hearth.localhost;",
        " Sat, 21 Nov 2026 12:00:00 +0000 (UTC)",
        "X-SES-Spam-Verdict: PASS",
        "X-SES-Virus-Verdict: PASS",
        "Received-SPF: pass (spfCheck: domain of example.org designates 127.0.0.1 as permitted sender) client-ip=127.0.0.1; envelope-from=eve@example.org; helo=mx.example.org;",
        "Authentication-Results: amazonses.com;",
        " spf=pass (spfCheck: domain of example.org designates 127.0.0.1 as permitted sender) client-ip=127.0.0.1; envelope-from=eve@example.org; helo=mx.example.org;",
        " dkim=pass header.i=@example.org;",
        " dmarc=pass header.from=example.org;",
        report,
      ].join("\r\n"),
    );
    expect(side.smtp.counters).toEqual({ accepted: 1, tooLarge: 0, refused: 0, failed: 0 });
  });

  it("publishes the notification of SES's S3 action", async () => {
    await using side = await receivingSide();
    const id = (await deliver(side.smtp.port, report)).slice("250 OK ".length);
    const timestamp = "2026-11-21T12:00:00.000Z";
    const pass = { status: "PASS" };
    expect(side.published).toEqual([
      {
        notificationType: "Received",
        mail: {
          timestamp,
          source: "eve@example.org",
          messageId: id,
          destination: ["security@hearth.localhost"],
          headersTruncated: false,
          headers: expect.arrayContaining([
            { name: "Return-Path", value: "<eve@example.org>" },
            {
              name: "Received",
              value: `from mx.example.org (mx.example.org [127.0.0.1]) by inbound-smtp.us-east-1.amazonaws.com with SMTP id ${id} for security@hearth.localhost; Sat, 21 Nov 2026 12:00:00 +0000 (UTC)`,
            },
            { name: "Subject", value: "hole" },
          ]),
          commonHeaders: {
            returnPath: "eve@example.org",
            from: ["Eve <eve@example.org>"],
            to: ["security@hearth.localhost"],
            subject: "hole",
          },
        },
        receipt: {
          timestamp,
          processingTimeMillis: 0,
          recipients: ["security@hearth.localhost"],
          spamVerdict: pass,
          virusVerdict: pass,
          spfVerdict: pass,
          dkimVerdict: pass,
          dmarcVerdict: pass,
          action: {
            type: "S3",
            topicArn: "arn:aws:sns:us-east-1:000000000000:inbound-mail",
            bucketName: "raw-mail",
            objectKeyPrefix: "inbound/",
            objectKey: `inbound/${id}`,
          },
        },
      },
    ]);
  });

  it("makes one notification for a transaction of several recipients and names none of them in Received", async () => {
    const kept: string[] = [];
    await using side = await receivingSide({ keep: (id, json) => void kept.push(id, json) });
    const recipients = ["a@hearth.localhost", "B@pilox.localhost"];
    const info = await createTransport({ port: side.smtp.port, host: "127.0.0.1" }).sendMail({
      envelope: { from: "", to: recipients },
      raw: report,
    });
    expect(info.response).toMatch(/^250 OK [a-z0-9]{40}$/);
    const [notification] = side.published;
    expect(side.published).toHaveLength(1);
    expect(notification?.receipt.recipients).toEqual(recipients);
    expect(notification?.mail.source).toBe("");
    expect(kept).toEqual([notification?.mail.messageId, JSON.stringify(notification)]);
    const stored = [...side.stored.values()].join("");
    expect(stored).toMatch(/^Return-Path: <>\r\n/);
    expect(stored).toContain(`with SMTP id ${notification?.mail.messageId};\r\n Sat, `);
    expect(stored).not.toContain("a@hearth.localhost");
  });

  it("takes verdicts from the X-Local headers and removes those from the message", async () => {
    await using side = await receivingSide();
    const folded = "X-Local-Dmarc:\r\n fail\r\nX-LOCAL-SPF: gray\r\n";
    const more = "X-Local-Dkim: PROCESSING_FAILED\r\nX-Local-Spam: FAIL\r\nX-Local-Virus: disabled\r\n";
    await deliver(
      side.smtp.port,
      `${folded}${report.replace("Subject", `${more}X-Local-Dmarc-Policy: reject\r\nSubject`)}`,
    );
    expect(senderPart(side.stored)).toBe(report);
    expect(side.published[0]?.receipt).toMatchObject({
      spfVerdict: { status: "GRAY" },
      dkimVerdict: { status: "PROCESSING_FAILED" },
      dmarcVerdict: { status: "FAIL" },
      dmarcPolicy: "reject",
      spamVerdict: { status: "FAIL" },
      virusVerdict: { status: "DISABLED" },
    });
    const stored = [...side.stored.values()].join("");
    expect(stored).toContain("X-SES-Spam-Verdict: FAIL\r\nX-SES-Virus-Verdict: DISABLED\r\n");
    expect(stored).toContain(
      "dkim=temperror header.i=@example.org;\r\n dmarc=fail (p=reject) header.from=example.org;\r\n",
    );
    expect(side.published[0]?.mail.headers.filter(({ name }) => /^x-local/i.test(name))).toEqual([]);
  });

  it("refuses a verdict that SES doesn't know", async () => {
    await using side = await receivingSide();
    expect(await deliver(side.smtp.port, `X-Local-Spf: perhaps\r\n${report}`)).toMatch(
      /^554 x-local-spf takes one of PASS/,
    );
    expect(side.stored.size).toBe(0);
  });

  it("leaves X-Local lines of the body alone", async () => {
    await using side = await receivingSide();
    const message = `${report}X-Local-Spf: FAIL\r\n`;
    await deliver(side.smtp.port, message);
    expect(senderPart(side.stored)).toBe(message);
    expect(side.published[0]?.receipt.spfVerdict).toEqual({ status: "PASS" });
  });

  it("takes the stuffed dots away and keeps bare line ends, eight-bit bytes and NUL", async () => {
    await using side = await receivingSide();
    const bytes = Buffer.concat([
      Buffer.from(`${report}..one\r\n...two\r\na.b\r\nbare\nLF and bare\rCR\n.\nstill the same mail\r.\r`),
      Buffer.from([0, 0xff, 0x80]),
      Buffer.from("\r\n"),
    ]);
    await deliver(side.smtp.port, bytes);
    const expected = bytes.toString("latin1").replace("\r\n..one\r\n...two", "\r\n.one\r\n..two");
    expect([...side.stored.values()][0]?.toString("latin1").replace(ownFields, "")).toBe(expected);
  });

  it("accepts a message without any header", async () => {
    await using side = await receivingSide();
    expect(await deliver(side.smtp.port, "no header at all\r\n")).toMatch(/^250 OK /);
    expect(senderPart(side.stored)).toBe("no header at all\r\n");
  });

  it("answers 451 and acknowledges nothing while the topic can't be reached", async () => {
    const errors: unknown[] = [];
    await using side = await receivingSide({
      publish: () => Promise.reject(new Error("topic unreachable")),
      onError: (error) => errors.push(error),
    });
    expect(await deliver(side.smtp.port, report)).toBe("451 The message could not be stored, send again later");
    expect(side.smtp.counters).toMatchObject({ accepted: 0, failed: 1 });
    expect(errors).toEqual([new Error("topic unreachable")]);
  });

  it("answers 451 while the bucket can't be reached, and publishes nothing", async () => {
    await using side = await receivingSide({ store: () => Promise.reject(new Error("bucket unreachable")) });
    expect(await deliver(side.smtp.port, report)).toMatch(/^451 /);
    expect(side.published).toEqual([]);
  });

  it("gives its 250 only after the message is stored and then published", async () => {
    const steps: string[] = [];
    const slowly = (name: string) => async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      steps.push(name);
    };
    await using side = await receivingSide({ store: slowly("stored"), publish: slowly("published") });
    steps.push((await deliver(side.smtp.port, report)).slice(0, 3));
    expect(steps).toEqual(["stored", "published", "250"]);
  });

  it("accepts localhost and what lies below it, and refuses other domains with 550", async () => {
    await using side = await receivingSide();
    const answers = await dialogue(
      side.smtp.port,
      ...[
        "EHLO mx.example.org\r\n",
        "MAIL FROM:<>\r\n",
        "RCPT TO:<a@localhost>\r\n",
        "RCPT TO:<a@hearth.localhost>\r\n",
      ],
      ...["RCPT TO:<a@example.com>\r\n", "RCPT TO:<a@notlocalhost>\r\n", "RCPT TO:<postmaster>\r\n", "QUIT\r\n"],
    );
    expect(answers.slice(3, 8).map((answer) => answer.slice(0, 3))).toEqual(["250", "250", "550", "550", "550"]);
  });

  it("asks the given rule about each recipient and answers 451 while it can't be asked", async () => {
    const accepts = async (address: string): Promise<boolean> => {
      if (address === "broken@example.com") throw new Error("table unreachable");
      return address === "psirt@example.com";
    };
    await using side = await receivingSide({ accepts });
    expect(await deliver(side.smtp.port, report, "psirt@example.com")).toMatch(/^250 OK /);
    const envelope = ["HELO mx\r\n", "MAIL FROM:<>\r\n", "RCPT TO:<broken@example.com>\r\n", "QUIT\r\n"];
    expect((await dialogue(side.smtp.port, ...envelope))[3]).toMatch(/^451 .*later$/);
  });

  it("offers neither AUTH nor STARTTLS, and says how much it takes", async () => {
    await using side = await receivingSide();
    const [, ehlo = "", ...others] = await dialogue(
      side.smtp.port,
      "EHLO mx\r\n",
      "AUTH PLAIN\r\n",
      "STARTTLS\r\n",
      "QUIT\r\n",
    );
    expect(ehlo).toContain("SIZE 41943040");
    expect(ehlo).not.toMatch(/AUTH|STARTTLS/);
    expect(others.slice(0, 2).every((answer) => answer.startsWith("5"))).toBe(true);
  });

  it("greets at once", async () => {
    await using side = await receivingSide();
    const waited = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const start = performance.now();
        const socket = connect(side.smtp.port, "127.0.0.1");
        await new Promise((resolve) => socket.once("data", resolve));
        socket.destroy();
        return performance.now() - start;
      }),
    );
    expect(Math.min(...waited)).toBeLessThan(80); // the library's own delay is 100 ms
  });

  it("stores nothing of a mail whose sender hangs up in the middle", async () => {
    await using side = await receivingSide();
    const socket = connect(side.smtp.port, "127.0.0.1");
    const start = "EHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<a@hearth.localhost>\r\nDATA\r\n";
    socket.on("data", (data) => {
      if (data.includes("220 ")) socket.write(start);
      if (data.includes("354 ")) socket.end(report);
    });
    await new Promise((resolve) => socket.once("close", resolve));
    expect(await deliver(side.smtp.port, report)).toMatch(/^250 OK /);
    expect([side.stored.size, side.published.length]).toEqual([1, 1]);
  });

  it("lets a message under way finish when it is closed", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const store = vi.fn(() => held);
    const side = await receivingSide({ store });
    const answer = deliver(side.smtp.port, report);
    await vi.waitFor(() => expect(store).toHaveBeenCalled());
    const closed = side.smtp.close();
    setTimeout(release, 300);
    expect(await answer).toMatch(/^250 OK /);
    await closed;
  });

  it("keeps a connection for several messages", async () => {
    await using side = await receivingSide();
    const transport = createTransport({ port: side.smtp.port, host: "127.0.0.1", pool: true, maxConnections: 2 });
    const to = "security@hearth.localhost";
    const sends = Array.from({ length: 20 }, (_, n) =>
      transport.sendMail({ from: "eve@example.org", to, text: `${n}` }),
    );
    const ids = (await Promise.all(sends)).map(({ response }) => response);
    transport.close();
    expect(new Set(ids).size).toBe(20);
    expect(side.stored.size).toBe(20);
  });
});
