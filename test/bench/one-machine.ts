import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";

const Facts = z.object({ pid: z.int(), ports: z.object({ http: z.int(), smtp: z.int() }) });

/** The whole system as `npm start` runs it, in a process of its own, over a new home and on free ports. */
export interface OneMachine {
  readonly pid: number;
  readonly home: string;
  readonly smtpPort: number;
  readonly httpPort: number;
  /** How many mails "SES" has sent. */
  sent(): number;
  /** The recipients of the mails that were sent, one line a mail. */
  recipients(): string[];
  stop(): Promise<void>;
}

export async function startOneMachine(nodeOptions: readonly string[] = []): Promise<OneMachine> {
  const home = mkdtempSync(join(tmpdir(), "candor-bench-"));
  const start = join(import.meta.dirname, "../../infra/local/start.ts");
  const child = spawn(process.execPath, [...nodeOptions, start], {
    env: { ...process.env, CANDOR_HOME: home, CANDOR_PORT: "0", CANDOR_SMTP_PORT: "0", CANDOR_SEED: "demo" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => {
    said.push(chunk);
    if (process.env["BENCH_DEBUG"]) process.stderr.write(chunk);
  });
  const ready = await Promise.race([
    once(child.stdout, "data").then(() => true),
    once(child, "exit").then(() => false),
  ]);
  if (!ready) {
    rmSync(home, { recursive: true, force: true });
    throw new Error(`The system does not start:\n${Buffer.concat(said).toString("utf8")}`);
  }
  const { pid, ports } = Facts.parse(JSON.parse(readFileSync(join(home, "local.json"), "utf8")));
  const mailbox = new DatabaseSync(join(home, "mail.sqlite"), { readOnly: true, timeout: 5000 });
  const counted = mailbox.prepare("SELECT count(*) AS n FROM sent_mail");
  const named = mailbox.prepare("SELECT recipients FROM sent_mail");
  return {
    ...{ pid, home, smtpPort: ports.smtp, httpPort: ports.http },
    sent: () => Number(counted.get()?.["n"]),
    recipients: () => named.all().map((row) => String(row["recipients"])),
    async stop() {
      mailbox.close();
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
      rmSync(home, { recursive: true, force: true });
    },
  };
}
