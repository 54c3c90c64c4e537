import { invalidParameter } from "./errors.ts";
import { type HeaderSection, readHeaderSection } from "./header-section.ts";
import { mailDate } from "./mail-date.ts";

/** SES v1 takes at most 10 MB of raw message and 50 recipients a call. */
export const maxMessageBytes = 10 * 1024 * 1024;
export const maxRecipients = 50;

/** Fields that SES refuses to see twice (SES developer guide, "Amazon SES header fields"), and RFC 5322's own. */
const singleFields = new Set(
  `accept-language acceptlanguage archived-at auto-submitted bcc bounces-to cc comments content-alternative content-base
  content-class content-description content-disposition content-duration content-id content-language content-length
  content-location content-md5 content-transfer-encoding content-type date delivered-to disposition-notification-options
  disposition-notification-to dkim-signature domainkey-signature errors-to from importance in-reply-to keywords
  list-archive list-help list-id list-owner list-post list-subscribe list-unsubscribe list-unsubscribe-post
  message-context message-id mime-version organization original-from original-message-id original-recipient
  original-subject precedence priority references reply-to return-path return-receipt-to sender sensitivity solicitation
  subject thread-index thread-topic to user-agent vbr-info`.split(/\s+/),
);

/** Reads and checks a message's header section as SES does before it accepts; throws InvalidParameterValue. */
export function checkOutgoingMail(raw: Buffer): HeaderSection {
  if (raw.length > maxMessageBytes) {
    throw invalidParameter(`Message length is more than ${maxMessageBytes} bytes long: '${raw.length}'.`);
  }
  checkLineEnds(raw);
  const section = readHeaderSection(raw);
  if (!section.complete) throw invalidParameter("The header section is too large.");
  if (section.malformedAt !== undefined) {
    throw invalidParameter(`Line at byte ${section.malformedAt} of the header section is not a header field.`);
  }
  checkFields(section);
  return section;
}

function checkFields({ fields }: HeaderSection): void {
  const seen = new Set<string>();
  for (const { name } of fields) {
    const key = name.toLowerCase();
    if (singleFields.has(key) && seen.has(key)) throw invalidParameter(`Duplicate header '${name}'.`);
    seen.add(key);
  }
  if (!seen.has("from")) throw invalidParameter("Missing required header 'From'.");
}

/** Stricter than SES, which mends them: a bare CR or LF is how a header gets injected, and our own mail has none. */
function checkLineEnds(raw: Buffer): void {
  for (let at = raw.indexOf(0x0a); at !== -1; at = raw.indexOf(0x0a, at + 1)) {
    if (raw[at - 1] !== 0x0d) throw invalidParameter(`Bare LF at byte ${at}: lines end with CRLF.`);
  }
  for (let at = raw.indexOf(0x0d); at !== -1; at = raw.indexOf(0x0d, at + 1)) {
    if (raw[at + 1] !== 0x0a) throw invalidParameter(`Bare CR at byte ${at}: lines end with CRLF.`);
  }
}

/** The message as receivers see it: Message-ID and Date are SES's own, Bcc is gone, all else is byte for byte. */
export function stampOutgoingMail(raw: Buffer, section: HeaderSection, messageId: string, at: Date): Buffer {
  const own: Readonly<Record<string, string>> = {
    "message-id": `Message-ID: <${messageId}>\r\n`,
    date: `Date: ${mailDate(at)}\r\n`,
    bcc: "",
  };
  const present = new Set(section.fields.map((field) => field.name.toLowerCase()));
  const pieces: Buffer[] = [];
  for (const name of ["date", "message-id"]) if (!present.has(name)) pieces.push(Buffer.from(own[name] ?? ""));
  let from = 0;
  for (const { name, start, end } of section.fields) {
    const replacement = own[name.toLowerCase()];
    if (replacement === undefined) continue;
    pieces.push(raw.subarray(from, start), Buffer.from(replacement));
    from = end;
  }
  pieces.push(raw.subarray(from));
  return Buffer.concat(pieces);
}
