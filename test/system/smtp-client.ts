import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Another side that answered something else than was hoped for. */
export class SmtpRefused extends Error {
  override readonly name = "SmtpRefused";
  readonly code: number;
  constructor(answer: string) {
    super(answer);
    this.code = Number(answer.slice(0, 3));
  }
}

export interface Envelope {
  /** Empty for the null sender. */
  readonly from: string;
  readonly to: readonly string[];
}

export interface SmtpClient {
  /** Sends one message and answers the text after 250. Throws `SmtpRefused`, or any other error where the connection ended first. */
  send(envelope: Envelope, bytes: Buffer): Promise<string>;
  close(): void;
}

/** Speaks as much SMTP (RFC 5321) as a sender needs, without a library that might repair what it is given. */
export async function connectSmtp(port: number): Promise<SmtpClient> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  const answers = answersOf(socket);
  const expect = async (code: number): Promise<string> => {
    const answer = await answers.next();
    if (!answer.startsWith(String(code))) throw new SmtpRefused(answer);
    return answer;
  };
  const command = (line: string, code: number): Promise<string> => {
    socket.write(`${line}\r\n`);
    return expect(code);
  };
  await expect(220);
  await command("EHLO mta.example", 250);
  return {
    async send({ from, to }, bytes) {
      await command(`MAIL FROM:<${from}> SIZE=${String(bytes.length)}`, 250);
      for (const recipient of to) await command(`RCPT TO:<${recipient}>`, 250);
      await command("DATA", 354);
      socket.write(dotStuffed(bytes));
      return (await command(".", 250)).slice(4);
    },
    close: () => socket.destroy(),
  };
}

/** RFC 5321 section 4.5.2. The message must end with a line end. */
function dotStuffed(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("latin1").replaceAll(/^\./gm, ".."), "latin1");
}

/** Answers as they come, the last line of each. */
function answersOf(socket: Socket): { next(): Promise<string> } {
  const ready: string[] = [];
  let rest = "";
  let ended = false;
  let reason: Error | undefined;
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\r\n");
    rest = lines.pop() ?? "";
    ready.push(...lines.filter((line) => /^\d{3} /.test(line)));
    socket.emit("answer");
  });
  socket.on("error", (error) => {
    reason = error;
  });
  socket.on("close", () => {
    ended = true;
    socket.emit("answer");
  });
  return {
    async next() {
      while (ready.length === 0 && !ended) await once(socket, "answer").catch(() => undefined);
      const answer = ready.shift();
      if (answer === undefined) throw new Error("The connection ended without an answer.", { cause: reason });
      return answer;
    },
  };
}
