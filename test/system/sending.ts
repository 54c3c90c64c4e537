import { setTimeout as pause } from "node:timers/promises";
import type { PlannedMail } from "./planned-mail.ts";
import { connectSmtp, type SmtpClient, SmtpRefused } from "./smtp-client.ts";

/** What a sender knows of its mail. */
export interface SentCopy {
  readonly mail: PlannedMail;
  /** Where it was sent to: a reply knows that only when the acknowledgement is there. */
  readonly to: readonly string[];
  /** The id that SES named in its 250. */
  readonly sesId: string;
  /** How often it was sent, with those times when no answer came. */
  readonly attempts: number;
}

export interface SendingOptions {
  readonly mails: readonly PlannedMail[];
  readonly connections: number;
  /** The port to connect to; waits while the system is down. */
  readonly smtpPort: () => Promise<number>;
  /** The recipients of a mail, where they are not known before. */
  readonly recipients: (mail: PlannedMail) => Promise<readonly string[]>;
  readonly onAccepted: (copy: SentCopy) => void;
}

const patienceSeconds = 60;

/** Sends all mails, in order over several connections, each again until it has its 250: what a mail server does. */
export async function sendAll(options: SendingOptions): Promise<void> {
  const waiting = [...options.mails];
  const accepted = new Set<PlannedMail>();
  const sendFrom = async (): Promise<void> => {
    const link = reconnecting(options.smtpPort);
    for (let mail = waiting.shift(); mail !== undefined; mail = waiting.shift()) {
      const { again } = mail;
      if (again) await until(() => accepted.has(again));
      options.onAccepted(await sendUntilAccepted(mail, link, options));
      accepted.add(mail);
    }
    link.close();
  };
  await Promise.all(Array.from({ length: options.connections }, sendFrom));
}

async function sendUntilAccepted(mail: PlannedMail, link: Link, options: SendingOptions): Promise<SentCopy> {
  const to = await options.recipients(mail);
  const deadline = performance.now() + patienceSeconds * 1000;
  for (let attempts = 1; ; attempts++) {
    try {
      const client = await link.open();
      const answer = await client.send({ ...mail.envelope, to }, mail.bytes);
      return { mail, to, sesId: sesIdOf(answer), attempts };
    } catch (error) {
      link.close();
      const final = error instanceof SmtpRefused && error.code >= 500;
      if (final || performance.now() > deadline) throw new Error(`${mail.messageId} is not accepted`, { cause: error });
      await pause(20);
    }
  }
}

function sesIdOf(answer: string): string {
  const id = /\b[a-z0-9]{40}\b/.exec(answer)?.[0];
  if (id === undefined) throw new Error(`The 250 names no SES message id: ${answer}`);
  return id;
}

interface Link {
  open(): Promise<SmtpClient>;
  close(): void;
}

/** A connection that is made again when it is gone. */
function reconnecting(port: () => Promise<number>): Link {
  let client: SmtpClient | undefined;
  return {
    async open() {
      client ??= await connectSmtp(await port());
      return client;
    },
    close() {
      client?.close();
      client = undefined;
    },
  };
}

/** Waits until something is so. Throws after a minute. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceSeconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error("What was waited for did not happen within a minute.");
    await pause(20);
  }
}
