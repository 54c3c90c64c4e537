import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type ReadableMail, readSentMail } from "./sent-mail.ts";

/** A message that the endpoint accepted, as the mailbox page and `GET /messages` show it. */
export interface SentMail extends ReadableMail {
  /** The id that SendRawEmail answered. */
  readonly id: string;
  /** Envelope sender and recipients. */
  readonly from: string;
  readonly to: readonly string[];
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The message as receivers see it, as text; `rawBytes` has the bytes. */
  readonly raw: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly configurationSet?: string;
  /** Access key of the caller. */
  readonly caller: string;
  readonly eventPublished: boolean;
}

/** A line of the mailbox page. */
export type MailSummary = Pick<SentMail, "id" | "from" | "to" | "at" | "subject">;

interface NewMail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
  readonly tags: Readonly<Record<string, string>>;
  readonly configurationSet?: string | undefined;
  readonly caller: string;
}

/** Everything that "SES" sent, and the inbound notifications of late, in one SQLite file. */
export interface Mailbox {
  /** Keeps a message; on return it survives the end of the process and of the machine. */
  add(mail: NewMail): void;
  /** Newest first. */
  list(limit?: number): SentMail[];
  summaries(limit: number): MailSummary[];
  /** How many were sent, in all or since an instant. */
  count(since?: Date): number;
  get(id: string): SentMail | undefined;
  rawBytes(id: string): Buffer | undefined;
  /** Messages of a configuration set whose events have not all been published, oldest first. */
  pendingEvents(): SentMail[];
  markPublished(id: string): void;
  /** Keeps an inbound notification for redelivery; the oldest go beyond `notificationsKept`. */
  keepNotification(id: string, json: string): void;
  /** The inbound notification of this SES message id, as JSON. */
  notification(id: string): string | undefined;
  close(): void;
}

export interface MailboxOptions {
  readonly file: string;
  readonly now: () => Date;
  /** How many inbound notifications stay for redelivery; default 10,000. */
  readonly notificationsKept?: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS sent_mail (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    readable TEXT NOT NULL,
    raw BLOB NOT NULL,
    tags TEXT NOT NULL,
    configuration_set TEXT,
    caller TEXT NOT NULL,
    event_published INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS pending_event ON sent_mail (seq) WHERE event_published = 0;
  CREATE TABLE IF NOT EXISTS inbound_notification (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    json TEXT NOT NULL
  ) STRICT;`;

/** Opens the mailbox file and makes it when there is none. A file that is no mailbox is left alone and reported. */
export function openMailbox({ file, now, notificationsKept = 10_000 }: MailboxOptions): Mailbox {
  const sent = openDatabase(file, "FULL");
  // A notification is a convenience for redelivery, and an event may be published twice: these must outlive the process,
  // not a power cut, so no fsync each.
  const relaxed = openDatabase(file, "NORMAL");
  return { ...sentMail(sent, relaxed, now), ...notifications(relaxed, notificationsKept), close };

  function close(): void {
    relaxed.close();
    sent.close();
  }
}

function openDatabase(file: string, synchronous: "FULL" | "NORMAL"): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; ${schema}`);
    return database;
  } catch (cause) {
    database.close();
    throw new Error(
      `The mailbox file ${file} can't be opened. Put back a copy of it, or move it away to start with an empty mailbox.`,
      { cause },
    );
  }
}

type SentPart = Omit<Mailbox, "keepNotification" | "notification" | "close">;

function sentMail(database: DatabaseSync, relaxed: DatabaseSync, now: () => Date): SentPart {
  const insert = database.prepare(
    `INSERT INTO sent_mail (id, at, sender, recipients, subject, readable, raw, tags, configuration_set, caller,
       event_published) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const newest = database.prepare("SELECT * FROM sent_mail ORDER BY seq DESC LIMIT ?");
  const heads = database.prepare("SELECT id, at, sender, recipients, subject FROM sent_mail ORDER BY seq DESC LIMIT ?");
  const byId = database.prepare("SELECT * FROM sent_mail WHERE id = ?");
  const pending = database.prepare("SELECT * FROM sent_mail WHERE event_published = 0 ORDER BY seq LIMIT 100");
  const published = relaxed.prepare("UPDATE sent_mail SET event_published = 1 WHERE id = ?");
  const counted = database.prepare("SELECT count(*) AS n FROM sent_mail WHERE at >= ?");
  return {
    add(mail) {
      const { subject, ...readable } = readSentMail(mail.raw);
      const set = mail.configurationSet ?? null;
      insert.run(
        ...[mail.id, now().toISOString(), mail.from, JSON.stringify(mail.to), subject, JSON.stringify(readable)],
        ...[mail.raw, JSON.stringify(mail.tags), set, mail.caller, set === null ? 1 : 0],
      );
    },
    list: (limit = -1) => newest.all(limit).map(readRow),
    summaries: (limit) => heads.all(limit).map(readSummary),
    count: (since) => Number(counted.get(since?.toISOString() ?? "")?.["n"]),
    get: (id) => optional(byId.get(id), readRow),
    rawBytes: (id) => optional(byId.get(id), rowBytes),
    pendingEvents: () => pending.all().map(readRow),
    markPublished: (id) => void published.run(id),
  };
}

function notifications(database: DatabaseSync, kept: number): Pick<Mailbox, "keepNotification" | "notification"> {
  const insert = database.prepare("INSERT OR REPLACE INTO inbound_notification (id, json) VALUES (?, ?)");
  const trim = database.prepare("DELETE FROM inbound_notification WHERE seq <= ?");
  const byId = database.prepare("SELECT json FROM inbound_notification WHERE id = ?");
  return {
    keepNotification(id, json) {
      const { lastInsertRowid } = insert.run(id, json);
      trim.run(Number(lastInsertRowid) - kept);
    },
    notification: (id) => optional(byId.get(id), (row) => text(row, "json")),
  };
}

type Row = Record<string, unknown>;

function optional<T>(row: Row | undefined, read: (row: Row) => T): T | undefined {
  return row === undefined ? undefined : read(row);
}

function text(row: Row, column: string): string {
  return String(row[column]);
}

function rowBytes(row: Row): Buffer {
  const raw = row["raw"];
  return raw instanceof Uint8Array ? Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength) : Buffer.alloc(0);
}

function readSummary(row: Row): MailSummary {
  return {
    id: text(row, "id"),
    from: text(row, "sender"),
    to: JSON.parse(text(row, "recipients")),
    subject: text(row, "subject"),
    at: text(row, "at"),
  };
}

function readRow(row: Row): SentMail {
  const { headers, text: body, html }: Omit<ReadableMail, "subject"> = JSON.parse(text(row, "readable"));
  const set = row["configuration_set"];
  return {
    ...readSummary(row),
    headers,
    text: body,
    ...(html === undefined ? {} : { html }),
    raw: rowBytes(row).toString("utf8"),
    tags: JSON.parse(text(row, "tags")),
    ...(typeof set === "string" ? { configurationSet: set } : {}),
    caller: text(row, "caller"),
    eventPublished: row["event_published"] === 1,
  };
}
