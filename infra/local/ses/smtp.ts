import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { SMTPServerDataStream, SMTPServerSession } from "smtp-server";
import { readHeaderSection } from "./header-section.ts";
import { type Arrival, storedHead } from "./inbound-message.ts";
import { type InboundNotification, inboundNotification } from "./inbound-notification.ts";
import { readVerdicts, UnknownVerdict } from "./inbound-verdicts.ts";
import { type MessageBuffer, messageBuffer } from "./message-buffer.ts";
import { PromptSmtpServer } from "./prompt-smtp-server.ts";

/** SES takes messages up to 40 MB for its S3 action, and up to 100 recipients a rule. */
export const maxInboundBytes = 40 * 1024 * 1024;
const maxRecipients = 100;
const maxClients = 200;

export interface SmtpOptions {
  readonly port: number;
  /** Whether a recipient's domain is verified; default: `localhost` and everything below it. */
  readonly accepts?: (recipient: string) => boolean | Promise<boolean>;
  /** S3 PutObject of the whole message. */
  readonly store: (key: string, bytes: Buffer) => Promise<void>;
  /** SNS Publish of the notification. */
  readonly publish: (notification: InboundNotification) => Promise<void>;
  /** Keeps the notification for redelivery. */
  readonly keep?: (id: string, json: string) => void;
  readonly now: () => Date;
  readonly random?: (bytes: number) => Uint8Array;
  readonly bucketName: string;
  readonly topicArn: string;
  /** What the object key begins with; default `inbound/`. */
  readonly prefix?: string;
  readonly region?: string;
  /** Told why a message got 451. */
  readonly onError?: (error: unknown) => void;
}

export interface SmtpListener {
  readonly port: number;
  /** Transactions since the start: answered 250, 552, 550 or 554, and 451. */
  readonly counters: { accepted: number; tooLarge: number; refused: number; failed: number };
  /** Answers for the messages that are here whole, then ends; the others get no 250 and come again. */
  close(): Promise<void>;
}

/** Starts the SMTP listener that plays SES inbound: 250 only after the message is stored and the topic knows of it. */
export async function startSmtp(options: SmtpOptions): Promise<SmtpListener> {
  const { accepts = isLocal, prefix = "inbound/", region = "us-east-1", random = randomBytes } = options;
  const counters = { accepted: 0, tooLarge: 0, refused: 0, failed: 0 };
  const underWay = new Set<Promise<void>>();
  let closing = false;

  const server = new PromptSmtpServer(
    {
      name: `inbound-smtp.${region}.amazonaws.com`,
      disabledCommands: ["AUTH", "STARTTLS"],
      disableReverseLookup: true,
      logger: false,
      size: maxInboundBytes,
      rejectOversized: true,
      maxRecipients,
      maxClients,
      closeTimeout: 100,
      onMailFrom: (_sender, _session, done) => done(closing ? reply(421, "Shutting down, send again later") : null),
      onRcptTo: ({ address }, _session, done) => void checkRecipient(address).then(done),
      onData: (stream, session, done) => void receive(stream, session, done),
    },
    () => {
      counters.tooLarge += 1;
    },
  );
  const port = await listen(server, options.port);
  return { port, counters, close };

  async function checkRecipient(address: string): Promise<Error | null> {
    try {
      if (await accepts(address)) return null;
      counters.refused += 1;
      return reply(550, `${address} is no address of a tenant; the start page names them`);
    } catch (error) {
      options.onError?.(error);
      return reply(451, "The address can't be checked now, send again later");
    }
  }

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession, done: Done): Promise<void> {
    const collected = await collect(stream, declaredSize(session));
    if (collected === "gone") return done(reply(451, "Connection lost"));
    if (collected === "too-large") return done(); // smtp-server itself answers 552
    const answered = accept(collected, session).then(
      (id) => {
        counters.accepted += 1;
        done(null, `OK ${id}`);
      },
      (error: unknown) => done(refusal(error)),
    );
    underWay.add(answered);
    await answered.finally(() => underWay.delete(answered));
  }

  async function accept(buffer: MessageBuffer, session: SMTPServerSession): Promise<string> {
    const arrival = arrivalOf(session, newMessageId(random), options.now(), region);
    const message = buffer.message();
    const section = readHeaderSection(message);
    const verdicts = readVerdicts(section);
    const head = storedHead(message, section, arrival, verdicts);
    const objectKey = `${prefix}${arrival.messageId}`;
    await options.store(objectKey, buffer.withHead(head, section.bodyStart));

    const { topicArn, bucketName } = options;
    const action = { type: "S3", topicArn, bucketName, objectKeyPrefix: prefix, objectKey } as const;
    const processingTimeMillis = Math.max(0, options.now().getTime() - arrival.at.getTime());
    const facts = { action, processingTimeMillis };
    const notification = inboundNotification(arrival, verdicts, readHeaderSection(head), facts);
    options.keep?.(arrival.messageId, JSON.stringify(notification));
    await options.publish(notification);
    return arrival.messageId;
  }

  function refusal(error: unknown): Error {
    if (error instanceof UnknownVerdict) {
      counters.refused += 1;
      return reply(554, error.message);
    }
    counters.failed += 1;
    options.onError?.(error);
    return reply(451, "The message could not be stored, send again later");
  }

  async function close(): Promise<void> {
    closing = true;
    while (underWay.size > 0) await Promise.allSettled(underWay);
    await new Promise<void>((resolve) => server.close(resolve));
  }
}

type Done = (error?: Error | null, text?: string) => void;

/** An SMTP answer other than 250. */
function reply(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

function isLocal(recipient: string): boolean {
  return /@([^@]+\.)?localhost$/i.test(recipient);
}

async function listen(server: PromptSmtpServer, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  server.removeAllListeners("error").on("error", () => undefined);
  return (server.server.address() as AddressInfo).port;
}

/** Reads the message whole, or to its end without keeping it once it is over the limit. */
function collect(stream: SMTPServerDataStream, declared: number): Promise<MessageBuffer | "too-large" | "gone"> {
  return new Promise((resolve) => {
    let buffer: MessageBuffer | undefined = messageBuffer(declared, maxInboundBytes);
    stream.on("data", (chunk: Buffer) => {
      if (stream.sizeExceeded) buffer = undefined;
      else buffer?.append(chunk);
    });
    stream.once("end", () => resolve(buffer !== undefined && !stream.sizeExceeded ? buffer : "too-large"));
    stream.once("error", () => resolve("gone"));
    stream.once("close", () => resolve("gone"));
  });
}

function declaredSize({ envelope: { mailFrom } }: SMTPServerSession): number {
  const args = mailFrom ? mailFrom.args : false;
  return args ? Number(args["SIZE"] ?? 0) : 0;
}

function arrivalOf(session: SMTPServerSession, messageId: string, at: Date, region: string): Arrival {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    messageId,
    sender: mailFrom ? mailFrom.address : "",
    recipients: rcptTo.map(({ address }) => address),
    helo: session.hostNameAppearsAs.replace(/[^A-Za-z0-9.:[\]_-]/g, "").slice(0, 255) || "unknown",
    ip: session.remoteAddress,
    at,
    region,
  };
}

const idCharacters = "0123456789abcdefghijklmnopqrstuvwxyz";

/** 40 characters a-z and 0-9: 200 bits of base32, which is a subset of them. */
function newMessageId(random: (bytes: number) => Uint8Array): string {
  return Array.from(random(40), (byte) => idCharacters[byte & 31]).join("");
}
