import { Readable } from "node:stream";
import { createTransport } from "nodemailer";
import { describe, expect, it } from "vitest";
import type { InboundNotification } from "#infra/local/ses/inbound-notification.ts";
import { maxInboundBytes } from "#infra/local/ses/smtp.ts";
import { deliver, dialogue, receivingSide, report, senderPart } from "./workbench.ts";

describe("the SMTP listener's limits", () => {
  it("takes 100 recipients a transaction and puts the next one off", async () => {
    await using side = await receivingSide();
    const rcpt = Array.from({ length: 101 }, (_, n) => `RCPT TO:<r${n}@hearth.localhost>\r\n`);
    const answers = await dialogue(side.smtp.port, "EHLO mx\r\n", "MAIL FROM:<>\r\n", ...rcpt, "QUIT\r\n");
    expect(answers.slice(3, 104).map((answer) => answer.slice(0, 3))).toEqual([...Array(100).fill("250"), "452"]);
  });

  it("refuses more than 40 MB by its declared size and by its real one, and counts both", async () => {
    await using side = await receivingSide();
    const envelope = ["EHLO mx\r\n", `MAIL FROM:<eve@example.org> SIZE=${maxInboundBytes + 1}\r\n`, "QUIT\r\n"];
    expect((await dialogue(side.smtp.port, ...envelope))[2]).toMatch(/^552 /);
    const large = Buffer.concat([Buffer.from(report), Buffer.alloc(41 * 1024 * 1024, "x\r\n")]);
    expect(await deliver(side.smtp.port, Buffer.concat([large, Buffer.from("\r\n")]))).toMatch(/^552 /);
    expect(side.smtp.counters).toEqual({ accepted: 0, tooLarge: 2, refused: 0, failed: 0 });
    expect([side.stored.size, side.published.length]).toEqual([0, 0]);
  });

  it("takes a message of exactly 40 MB", async () => {
    await using side = await receivingSide();
    const exact = Buffer.concat([Buffer.from(report), Buffer.alloc(maxInboundBytes - report.length, 120)]);
    exact.write("\r\n", exact.length - 2);
    expect(await deliver(side.smtp.port, exact)).toMatch(/^250 OK /);
    expect([...side.stored.values()][0]?.subarray(-exact.length).equals(exact)).toBe(true);
  });

  it("takes 38 MB without holding them many times over", async () => {
    const size = 38 * 1024 * 1024;
    let peak = 0;
    const measure = (): void => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    };
    await using side = await receivingSide({
      store: async (_, bytes) => {
        measure();
        expect(bytes.length).toBeGreaterThan(size);
      },
    });
    const line = Buffer.from(`${"x".repeat(1022)}\r\n`);
    const before = process.memoryUsage().arrayBuffers;
    const timer = setInterval(measure, 2);
    const source = Readable.from(
      (function* () {
        yield report;
        for (let sent = 0; sent < size; sent += line.length) yield line;
      })(),
    );
    const info = await createTransport({ port: side.smtp.port, host: "127.0.0.1" }).sendMail({
      envelope: { from: "eve@example.org", to: ["security@hearth.localhost"] },
      raw: source,
    });
    clearInterval(timer);
    expect(info.response).toMatch(/^250 OK /);
    expect(peak - before).toBeLessThan(3 * size);
  });

  it("keeps nothing of a message that goes on and on", async () => {
    let peak = 0;
    await using side = await receivingSide();
    const before = process.memoryUsage().arrayBuffers;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    }, 2);
    const chunk = Buffer.alloc(1024 * 1024, `${"x".repeat(1022)}\r\n`);
    const sent = createTransport({ port: side.smtp.port, host: "127.0.0.1" }).sendMail({
      envelope: { from: "eve@example.org", to: ["security@hearth.localhost"] },
      raw: Readable.from(Array(320).fill(chunk)),
    });
    await expect(sent).rejects.toMatchObject({ responseCode: 552 });
    clearInterval(timer);
    expect(peak - before).toBeLessThan(4 * maxInboundBytes);
    expect(side.smtp.counters.tooLarge).toBe(1);
  });

  it("cuts the notification's headers after 10 KB, not the message's", async () => {
    await using side = await receivingSide();
    const message = `X-Long: ${"x".repeat(900)}\r\n`.repeat(20) + report;
    await deliver(side.smtp.port, message);
    const { mail } = side.published[0] as InboundNotification;
    expect(mail.headersTruncated).toBe(true);
    expect(JSON.stringify(mail.headers).length).toBeLessThan(12 * 1024);
    expect(mail.commonHeaders["subject"]).toBe("hole");
    expect(senderPart(side.stored)).toBe(message);
  });
});
