import * as z from "zod";
import type { RunningSystem } from "./running-system.ts";

const Attachment = z.object({ n: z.int(), fileName: z.string(), size: z.int(), sha256: z.string(), href: z.string() });
const Message = z.object({
  id: z.string(),
  direction: z.enum(["in", "out", "note"]),
  kind: z.string(),
  flags: z.array(z.string()),
  subject: z.string(),
  messageId: z.string().optional(),
  text: z.string(),
  attachments: z.array(Attachment),
  raw: z.string().optional(),
  delivery: z.object({ state: z.string(), messageId: z.string().optional() }).optional(),
});
export type Message = z.infer<typeof Message>;

const ReportSummary = z.object({
  id: z.string(),
  number: z.string(),
  flags: z.array(z.string()),
  messages: z.int(),
  acknowledgement: z.object({ by: z.string() }),
});
const ReportPage = z.object({ items: z.array(ReportSummary), cursor: z.string().optional() });

export interface OpenedReport extends z.infer<typeof ReportSummary> {
  readonly tenant: string;
  readonly conversation: readonly Message[];
}

const Mail = z.object({
  id: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  text: z.string(),
  raw: z.string(),
});
/** A mail that left the system. */
export type Mail = z.infer<typeof Mail>;

/** Everything that SES sent. */
export async function sentMails(system: RunningSystem): Promise<Mail[]> {
  return z.array(Mail).parse(await json(system, "mail.localhost", "/messages"));
}

export const headerOf = (mail: Mail, name: string): string => {
  const entry = Object.entries(mail.headers).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return [entry?.[1] ?? ""].flat().join(", ");
};

/** Runs a scheduled rule as if it were that instant. */
export async function runRule(system: RunningSystem, rule: string, at: Date): Promise<void> {
  const path = `/_local/schedule/${rule}?at=${encodeURIComponent(at.toISOString())}`;
  const { status, body } = await system.fetch("localhost", path, { method: "POST" });
  if (status !== 200) throw new Error(`The rule ${rule} answers ${String(status)}: ${body.toString()}`);
}

/** A tenant's inbox through the API, as its operator. */
export interface Inbox {
  reports(): Promise<OpenedReport[]>;
  download(path: string): Promise<Buffer>;
}

export async function openInbox(system: RunningSystem, tenant: string): Promise<Inbox> {
  const asked = await system.fetch("localhost", "/_local/token", {
    method: "POST",
    body: JSON.stringify({ tenant, role: "operator" }),
  });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(JSON.parse(asked.body.toString()));
  const base = `/v1/tenants/${tenant}/reports`;
  const get = (path: string): Promise<unknown> => json(system, "api.localhost", path, token);
  return {
    async reports() {
      const found: OpenedReport[] = [];
      for (let path: string | undefined = `${base}?limit=100`; path !== undefined; ) {
        const page: z.infer<typeof ReportPage> = ReportPage.parse(await get(path));
        for (const summary of page.items) {
          const { items } = z.object({ items: z.array(Message) }).parse(await get(`${base}/${summary.id}/messages`));
          found.push({ ...summary, tenant, conversation: items });
        }
        path = page.cursor === undefined ? undefined : `${base}?limit=100&cursor=${encodeURIComponent(page.cursor)}`;
      }
      return found;
    },
    async download(path) {
      const { status, body } = await system.fetch("api.localhost", path, { token });
      if (status !== 200) throw new Error(`${path} answers ${String(status)}: ${body.toString().slice(0, 200)}`);
      return body;
    },
  };
}

async function json(system: RunningSystem, host: string, path: string, token?: string): Promise<unknown> {
  const { status, body } = await system.fetch(host, path, token === undefined ? {} : { token });
  if (status !== 200) throw new Error(`${host}${path} answers ${String(status)}: ${body.toString().slice(0, 200)}`);
  return JSON.parse(body.toString());
}
