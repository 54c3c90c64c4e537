import { createHash } from "node:crypto";
import { type Attachment, composeBounce, composeMail, type MailText, marker, noise } from "./composed-mail.ts";
import type { Random } from "./random.ts";
import type { Envelope } from "./smtp-client.ts";

/** What is mailed, how often, and what must come of it. Duplicates are second copies of other kinds. */
export const kinds = {
  plain: { mails: 54, becomes: "message", acknowledged: true },
  HTML: { mails: 30, becomes: "message", acknowledged: true },
  "three attachments": { mails: 40, becomes: "message", acknowledged: true },
  "38 MB": { mails: 1, becomes: "message", acknowledged: true },
  duplicate: { mails: 10, becomes: "nothing", acknowledged: false },
  resend: { mails: 8, becomes: "resend", acknowledged: true },
  "automatic reply": { mails: 8, becomes: "auto-reply", acknowledged: false },
  bounce: { mails: 6, becomes: "quarantine", acknowledged: false },
  list: { mails: 6, becomes: "list", acknowledged: false },
  "unknown recipient": { mails: 6, becomes: "unrouted", acknowledged: false },
  "forged sender": { mails: 6, becomes: "message", acknowledged: false },
  spam: { mails: 4, becomes: "quarantine", acknowledged: false },
  virus: { mails: 4, becomes: "quarantine", acknowledged: false },
  reply: { mails: 4, becomes: "message", acknowledged: false },
  "two tenants": { mails: 4, becomes: "message", acknowledged: true },
  "contact address": { mails: 4, becomes: "message", acknowledged: true },
  "above the day's measure": { mails: 5, becomes: "message", acknowledged: true },
} as const;
export type Kind = keyof typeof kinds;

export const tenants = ["hearth", "fluxheim", "pilox", "herald", "powernode"] as const;
type Tenant = (typeof tenants)[number];

export interface PlannedMail {
  readonly kind: Kind;
  readonly messageId: string;
  readonly sender: string;
  readonly envelope: Envelope;
  /** Tenants that it must reach; none where it is for nobody. */
  readonly tenants: readonly Tenant[];
  readonly bytes: Buffer;
  /** The bytes that must be kept: without the header fields that only set verdicts. */
  readonly kept: Buffer;
  readonly attachments: readonly Attachment[];
  /** The mail of which this one is a copy (the same bytes) or a resend. */
  readonly again?: PlannedMail;
}

/** Kinds whose mails all go to one tenant: a measure counts for each tenant apart. */
const fixedTenants: Partial<Record<Kind, Tenant>> = { "contact address": "hearth", "above the day's measure": "pilox" };
const otherSenders = 79;
const manySender = "many@lab0.example";
export const acknowledgementsADay = 3;

/** All mails in the order of sending. What depends on another mail stands well behind it. */
export function planMails(random: Random): PlannedMail[] {
  let number = 0;
  const next = (): number => ++number;
  const made = (Object.keys(kinds) as Kind[])
    .filter((kind) => kind !== "duplicate" && kind !== "resend")
    .flatMap((kind) => Array.from({ length: kinds[kind].mails }, () => mailOf(kind, next(), random)));
  const shuffled = shuffle(made, random);
  const first = (kind: Kind): PlannedMail[] => shuffled.filter((mail) => mail.kind === kind);
  const copied = [...first("plain").slice(0, 5), ...first("three attachments").slice(0, 5)];
  const resent = [...first("plain").slice(5, 10), ...first("three attachments").slice(5, 8)];
  const later = [
    ...copied.map((mail): PlannedMail => ({ ...mail, kind: "duplicate", again: mail })),
    ...resent.map((mail): PlannedMail => resendOf(mail, next())),
    ...first("reply"),
  ];
  const sooner = shuffled.filter((mail) => mail.kind !== "reply");
  // The originals come in the first half, what follows them is spread over the second.
  const originals = new Set([...copied, ...resent]);
  const [early, late] = halves([...sooner].sort((a, b) => Number(originals.has(b)) - Number(originals.has(a))));
  const plan = [...shuffle(early, random), ...shuffle([...late, ...later], random)];
  checkMeasure(plan);
  return plan;
}

function mailOf(kind: Kind, number: number, random: Random): PlannedMail {
  const tenant = fixedTenants[kind] ?? tenants[number % tenants.length] ?? "hearth";
  const other = tenants[(number + 1) % tenants.length] ?? "pilox";
  const sender = kind === "above the day's measure" ? manySender : senderOf(number);
  const to =
    kind === "unknown recipient" ? `security@ghost${String(number)}.localhost` : `security@${tenant}.localhost`;
  const attachments = attachmentsOf(kind, number, random);
  const written: MailText = {
    from: kind === "bounce" ? "MAILER-DAEMON@mx.example" : sender,
    to: kind === "contact address" ? "security@hearth.example" : to,
    subject: `${marker} ${kind} ${String(number)}`,
    messageId: `mail-${String(number)}@mta.example`,
    text: textOf(kind, number),
    ...(kind === "HTML" ? { html: number % 2 === 0 ? ("alone" as const) : ("beside text" as const) } : {}),
    fields: fieldsOf(kind),
    attachments,
  };
  const bytes = kind === "bounce" ? composeBounce(written) : composeMail(written);
  const second = kind === "two tenants" ? [`report@${other}.localhost`] : [];
  return {
    kind,
    messageId: written.messageId,
    sender,
    envelope: { from: kind === "bounce" ? "" : sender, to: [written.to, ...second] },
    tenants: kind === "unknown recipient" ? [] : kind === "two tenants" ? [tenant, other] : [tenant],
    bytes,
    kept: Buffer.from(bytes.toString("latin1").replace(/^X-Local-[^\r]*\r\n/, ""), "latin1"),
    attachments,
  };
}

/** The same words and attachments from the same sender, sent by hand once more. */
function resendOf(mail: PlannedMail, number: number): PlannedMail {
  const messageId = `mail-${String(number)}@mta.example`;
  const bytes = Buffer.from(mail.bytes.toString("latin1").replaceAll(mail.messageId, messageId), "latin1");
  return { ...mail, kind: "resend", messageId, bytes, kept: bytes, again: mail };
}

const senderOf = (number: number): string => {
  const at = number % otherSenders;
  return `reporter${String(at)}@lab${String(at % 7)}.example`;
};

function fieldsOf(kind: Kind): string[] {
  const fields: Partial<Record<Kind, string[]>> = {
    "automatic reply": ["Auto-Submitted: auto-replied"],
    list: ["List-Id: <news.lists.example>", "Precedence: list"],
    "forged sender": ["X-Local-Dmarc: FAIL"],
    spam: ["X-Local-Spam: FAIL"],
    virus: ["X-Local-Virus: FAIL"],
  };
  return fields[kind] ?? [];
}

function textOf(kind: Kind, number: number): string {
  return [
    `${marker} ${kind} ${String(number)}: the parser reads behind its buffer.`,
    "",
    ".a line that begins with a dot, and Größe, naïveté, 漏洞",
    `${marker} end of ${String(number)}`,
  ].join("\r\n");
}

function attachmentsOf(kind: Kind, number: number, random: Random): Attachment[] {
  const name = `${marker}-${String(number)}`;
  // 57 bytes make one line of 78 characters.
  if (kind === "38 MB")
    return [{ fileName: `${name}.core`, bytes: noise(name, Math.floor((38_000_000 / 78) * 57)), encoding: "base64" }];
  if (kind !== "three attachments") return [];
  const trace = Array.from({ length: 40 }, (_, line) => `.frame ${String(line)} of ${name} = "ä"  `).join("\r\n");
  return [
    { fileName: `${name}.bin`, bytes: noise(name, random.between(1, 300_000)), encoding: "base64" },
    { fileName: `${name}.txt`, bytes: Buffer.from(`${trace}\r\n\tend = \u0000\u0007 `), encoding: "quoted-printable" },
    { fileName: `${name}.log`, bytes: Buffer.from(`${trace}\r\n\r\nlast line`), encoding: "8bit" },
  ];
}

/** No sender may be above a day's measure but the one who is meant to be: else what is due would depend on the order. */
function checkMeasure(plan: readonly PlannedMail[]): void {
  const due = plan
    .filter(({ kind, sender }) => kinds[kind].acknowledged && sender !== manySender)
    .flatMap((mail) => mail.tenants.map((tenant) => `${mail.sender} ${tenant}`));
  const most = Math.max(...[...Map.groupBy(due, (name) => name).values()].map((same) => same.length));
  if (most > acknowledgementsADay)
    throw new Error(`The plan is wrong: a sender has ${String(most)} mails to acknowledge.`);
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function halves<Value>(values: readonly Value[]): [Value[], Value[]] {
  const middle = Math.ceil(values.length / 2);
  return [values.slice(0, middle), values.slice(middle)];
}

function shuffle<Value>(values: readonly Value[], random: Random): Value[] {
  const shuffled = [...values];
  for (let at = shuffled.length - 1; at > 0; at--) {
    const other = random.between(0, at);
    const [left, right] = [shuffled[at], shuffled[other]];
    if (left === undefined || right === undefined) continue;
    shuffled[at] = right;
    shuffled[other] = left;
  }
  return shuffled;
}
