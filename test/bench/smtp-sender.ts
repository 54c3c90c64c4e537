import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One SMTP connection of 127.0.0.1 over which mails go one after the other. */
export interface SmtpSender {
  /** Sends a mail whose lines end with CRLF and none of which begins with a dot. Throws unless it is answered 250. */
  send(from: string, to: string, mail: Buffer): Promise<void>;
  close(): void;
}

/** Connects and greets. */
export async function connectSender(port: number): Promise<SmtpSender> {
  const socket = connect(port, "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  const answers = answersOf(socket);
  await expect(answers, "220");
  const say = async (line: string, wanted: string): Promise<void> => {
    socket.write(`${line}\r\n`);
    await expect(answers, wanted);
  };
  await say("EHLO bench.example", "250");
  return {
    async send(from, to, mail) {
      await say(`MAIL FROM:<${from}>`, "250");
      await say(`RCPT TO:<${to}>`, "250");
      await say("DATA", "354");
      socket.write(mail);
      await say("\r\n.", "250");
    },
    close: () => socket.end("QUIT\r\n"),
  };
}

async function expect(answers: AsyncIterator<string>, wanted: string): Promise<void> {
  const { value, done } = await answers.next();
  if (done || !String(value).startsWith(wanted)) throw new Error(`SMTP answered ${done ? "nothing" : String(value)}`);
}

/** The last line of each answer. */
async function* answersOf(socket: Socket): AsyncGenerator<string> {
  let held = "";
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    held += chunk.toString("latin1");
    const lines = held.split("\r\n");
    held = lines.pop() ?? "";
    for (const line of lines) if (/^\d{3} /.test(line)) yield line;
  }
}
