import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SESClient } from "@aws-sdk/client-ses";
import { type SesEndpoint, type SesEndpointOptions, startSesEndpoint } from "#infra/local/ses/endpoint.ts";
import type { InboundNotification } from "#infra/local/ses/inbound-notification.ts";
import { type Mailbox, openMailbox } from "#infra/local/ses/mailbox.ts";
import type { SesEvent } from "#infra/local/ses/sending-events.ts";
import { type SmtpListener, type SmtpOptions, startSmtp } from "#infra/local/ses/smtp.ts";

export const noon = new Date("2026-11-21T12:00:00.000Z");

/** A folder that is removed at the end of the block. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "candor-ses-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface SendingSide extends AsyncDisposable {
  readonly client: SESClient;
  readonly mailbox: Mailbox;
  readonly endpoint: SesEndpoint;
  readonly events: SesEvent[];
}

/** An SES endpoint with a mailbox in `folder` and an SDK client for it. */
export async function sendingSide(folder: string, options: Partial<SesEndpointOptions> = {}): Promise<SendingSide> {
  const mailbox = openMailbox({ file: join(folder, "mail.sqlite"), now: () => noon });
  const events: SesEvent[] = [];
  const publishEvent = async (event: SesEvent): Promise<void> => void events.push(event);
  const endpoint = await startSesEndpoint({
    ...{ port: 0, mailbox, authorize: () => undefined, now: () => noon, publishEvent },
    ...options,
  });
  const client = new SESClient({
    region: "us-east-1",
    endpoint: endpoint.url,
    credentials: { accessKeyId: "AKIDOUTBOX", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
  const dispose = async (): Promise<void> => {
    client.destroy();
    await endpoint.close();
    mailbox.close();
  };
  return { client, mailbox, endpoint, events, [Symbol.asyncDispose]: dispose };
}

export interface ReceivingSide extends AsyncDisposable {
  readonly smtp: SmtpListener;
  readonly stored: Map<string, Buffer>;
  readonly published: InboundNotification[];
}

/** An SMTP listener whose bucket and topic are in memory. */
export async function receivingSide(options: Partial<SmtpOptions> = {}): Promise<ReceivingSide> {
  const stored = new Map<string, Buffer>();
  const published: InboundNotification[] = [];
  const smtp = await startSmtp({
    port: 0,
    store: async (key, bytes) => void stored.set(key, Buffer.from(bytes)),
    publish: async (notification) => void published.push(notification),
    now: () => noon,
    bucketName: "raw-mail",
    topicArn: "arn:aws:sns:us-east-1:000000000000:inbound-mail",
    ...options,
  });
  return { smtp, stored, published, [Symbol.asyncDispose]: () => smtp.close() };
}

/** Speaks SMTP byte by byte: sends each piece when the answer to the one before is there; returns the answers. */
export async function dialogue(port: number, ...pieces: (string | Buffer)[]): Promise<string[]> {
  const socket = connect(port, "127.0.0.1");
  const answers: string[] = [];
  const waiting = [...pieces];
  let received = "";
  return await new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => resolve(answers));
    socket.on("data", (data) => {
      received += data.toString("latin1");
      for (let end = answerEnd(received); end !== -1; end = answerEnd(received)) {
        answers.push(received.slice(0, end).trim());
        received = received.slice(end);
        const next = waiting.shift();
        if (next === undefined) socket.end();
        else socket.write(next);
      }
    });
  });
}

/** Where the last line of an answer ends: three digits and a space begin it. */
function answerEnd(text: string): number {
  const found = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(text);
  return found === null ? -1 : found[0].length;
}

/** The smallest mail that is a report. */
export const report =
  "From: Eve <eve@example.org>\r\nTo: security@hearth.localhost\r\nSubject: hole\r\n\r\nIt leaks.\r\n";
/** What the listener puts before a message. */
export const ownFields = /^Return-Path: [\s\S]*? header\.from=[^\r]*;\r\n/;

/** The whole dialogue for one message to one recipient; returns the answer after DATA. */
export async function deliver(
  port: number,
  message: string | Buffer,
  to = "security@hearth.localhost",
): Promise<string> {
  const envelope = ["EHLO mx.example.org\r\n", "MAIL FROM:<eve@example.org>\r\n", `RCPT TO:<${to}>\r\n`, "DATA\r\n"];
  const answers = await dialogue(
    port,
    ...envelope,
    Buffer.concat([Buffer.from(message), Buffer.from(".\r\n")]),
    "QUIT\r\n",
  );
  return answers[5] ?? "";
}

/** The one stored message without the fields that SES puts before it. */
export function senderPart(stored: Map<string, Buffer>): string {
  const [only, ...others] = stored.values();
  if (only === undefined || others.length > 0) throw new Error(`${stored.size} messages are stored`);
  return only.toString().replace(ownFields, "");
}
