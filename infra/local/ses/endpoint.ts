import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { accessKeyOf } from "../access-key.ts";
import { errorDocument, invalidParameter, SesError, toSesError } from "./errors.ts";
import { domainOf, headerAddresses } from "./mail-facts.ts";
import type { Mailbox } from "./mailbox.ts";
import { checkOutgoingMail, maxMessageBytes, maxRecipients, stampOutgoingMail } from "./outgoing-mail.ts";
import { readSendRequest, type SendRequest } from "./send-request.ts";
import { type SesEvent, startEventPublisher } from "./sending-events.ts";
import { escapeXml } from "./xml.ts";

/** One call, as the authorizer and the fault option see it. */
export interface SesCall {
  readonly accessKeyId: string;
  readonly action: "ses:SendRawEmail" | "ses:GetSendQuota";
  /** Bare envelope sender; empty for GetSendQuota. */
  readonly from: string;
  readonly recipients: readonly string[];
}

export interface SesEndpointOptions {
  readonly port: number;
  readonly mailbox: Mailbox;
  /** Throws an error named `AccessDenied` to refuse. */
  readonly authorize: (call: SesCall) => void | Promise<void>;
  readonly publishEvent: (event: SesEvent) => Promise<void>;
  readonly now: () => Date;
  /** Whether this sender's identity is verified; default: every sender is. */
  readonly verified?: (from: string) => boolean;
  /** Makes a call fail as SES would, to see throttling for one. */
  readonly fault?: (call: SesCall) => { code: string; message: string; status?: number } | undefined;
  readonly random?: (bytes: number) => Uint8Array;
  readonly region?: string;
  readonly accountId?: string;
  /** Told about failures that are nobody's fault but ours. */
  readonly onError?: (error: unknown) => void;
}

export interface SesEndpoint {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** 10 MB of message in base64, were each character of it `+` or `/`, which take three in a form; and the rest. */
const maxBodyBytes = 3 * Math.ceil((maxMessageBytes * 4) / 3) + 64 * 1024;

/** Starts the sending side of the SES stand-in: the v1 API (Query protocol) on the loopback interface. */
export async function startSesEndpoint(options: SesEndpointOptions): Promise<SesEndpoint> {
  const { region = "us-east-1", accountId = "000000000000" } = options;
  const { mailbox, publishEvent, now } = options;
  const publisher = startEventPublisher({ mailbox, publishEvent, now, place: { region, accountId } });
  // A kept connection that this side closes first would fail a call which the client must not repeat.
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, close };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    try {
      respond(response, 200, resultDocument(await call(request), requestId), requestId);
      publisher.wake();
    } catch (thrown) {
      const error = toSesError(thrown);
      if (error.status >= 500 && thrown !== error) options.onError?.(thrown);
      respond(response, error.status, errorDocument(error, requestId), requestId);
    }
  }

  async function call(request: IncomingMessage): Promise<Result> {
    const key = accessKeyOf(request.headers);
    if (key === undefined) {
      throw new SesError("MissingAuthenticationToken", "The request is not signed: give the client credentials.", 403);
    }
    const form = new URLSearchParams((await readBody(request)).toString("utf8"));
    switch (form.get("Action")) {
      case "SendRawEmail":
        return sendRawEmail(form, key.accessKeyId);
      case "GetSendQuota":
        return sendQuota(key.accessKeyId);
      default:
        throw new SesError("InvalidAction", "This stand-in knows SendRawEmail and GetSendQuota.");
    }
  }

  async function sendRawEmail(form: URLSearchParams, accessKeyId: string): Promise<Result> {
    const request = readSendRequest(form);
    const section = checkOutgoingMail(request.raw);
    const from = request.source ?? headerAddresses(section, "From")[0] ?? "";
    const to = recipients(request, headerAddresses(section, "To", "Cc", "Bcc"));
    await admit({ accessKeyId, action: "ses:SendRawEmail", from, recipients: to });
    requireVerified([from, ...headerAddresses(section, "From")]);
    const id = newMessageId(now(), options.random ?? randomBytes);
    const host = region === "us-east-1" ? "email.amazonses.com" : `${region}.amazonses.com`;
    const raw = stampOutgoingMail(request.raw, section, `${id}@${host}`, now());
    const { tags, configurationSet } = request;
    mailbox.add({ id, from, to, raw, tags, configurationSet, caller: accessKeyId });
    return { action: "SendRawEmail", body: `<MessageId>${escapeXml(id)}</MessageId>` };
  }

  async function sendQuota(accessKeyId: string): Promise<Result> {
    await admit({ accessKeyId, action: "ses:GetSendQuota", from: "", recipients: [] });
    const dayAgo = new Date(now().getTime() - 24 * 60 * 60 * 1000);
    const used = `<SentLast24Hours>${mailbox.count(dayAgo)}</SentLast24Hours>`;
    const body = `<Max24HourSend>50000</Max24HourSend><MaxSendRate>14</MaxSendRate>${used}`;
    return { action: "GetSendQuota", body };
  }

  async function admit(call: SesCall): Promise<void> {
    const fault = options.fault?.(call);
    if (fault !== undefined) throw new SesError(fault.code, fault.message, fault.status);
    await options.authorize(call);
  }

  function requireVerified(senders: readonly string[]): void {
    const failed = senders.filter((sender) => domainOf(sender) === "" || options.verified?.(sender) === false);
    if (failed.length === 0) return;
    const where = `The following identities failed the check in region ${region.toUpperCase()}`;
    throw new SesError(
      "MessageRejected",
      `Email address is not verified. ${where}: ${[...new Set(failed)].join(", ")}`,
    );
  }

  async function close(): Promise<void> {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    await publisher.close();
  }
}

function recipients(request: SendRequest, named: readonly string[]): readonly string[] {
  const to = request.destinations.length > 0 ? request.destinations : named;
  if (to.length === 0) throw invalidParameter("Missing required recipient: give Destinations, or To, Cc or Bcc.");
  if (to.length > maxRecipients) throw invalidParameter(`Recipient count exceeds ${maxRecipients}.`);
  return to;
}

/** The shape of SES's ids: the instant, a UUID, a counter (60 characters). */
function newMessageId(at: Date, random: (bytes: number) => Uint8Array): string {
  const instant = `0100${at.getTime().toString(16).padStart(12, "0")}`;
  const hex = Buffer.from(random(16)).toString("hex");
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  return `${instant}-${uuid}-000000`;
}

/** Reads on past the limit, keeping nothing, so that the client is there to read the answer. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > maxBodyBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (length > maxBodyBytes)
    throw new SesError("RequestEntityTooLarge", `The request is larger than ${maxBodyBytes} bytes.`, 413);
  return Buffer.concat(chunks, length);
}

interface Result {
  readonly action: string;
  /** XML. */
  readonly body: string;
}

function resultDocument({ action, body }: Result, requestId: string): string {
  return (
    `<${action}Response xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><${action}Result>${body}</${action}Result>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`
  );
}

function respond(response: ServerResponse, status: number, body: string, requestId: string): void {
  response.writeHead(status, {
    "content-type": "text/xml",
    "content-length": Buffer.byteLength(body),
    "x-amzn-requestid": requestId,
  });
  response.end(body);
}
