import addressparser from "nodemailer/lib/addressparser";
import { type HeaderSection, headerValue } from "./header-section.ts";

/** The `headers` and `commonHeaders` parts that SES puts into its notifications and events. */
export interface MailFacts {
  readonly headersTruncated: boolean;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly commonHeaders: Readonly<Record<string, string | readonly string[]>>;
}

/** SES cuts the headers of an event after 10 KB (SES developer guide, notification contents). */
const maxHeaderBytes = 10 * 1024;
const addressLists = { from: "From", sender: "Sender", replyTo: "Reply-To", to: "To", cc: "Cc", bcc: "Bcc" } as const;
const singleValues = { date: "Date", messageId: "Message-ID", subject: "Subject" } as const;

/** Collects what SES tells about a message's header section. */
export function mailFacts(section: HeaderSection, returnPath?: string): MailFacts {
  const headers: { name: string; value: string }[] = [];
  let bytes = 0;
  for (const { name, value } of section.fields) {
    bytes += name.length + Buffer.byteLength(value) + 4;
    if (bytes > maxHeaderBytes) break;
    headers.push({ name, value });
  }
  const headersTruncated = !section.complete || headers.length < section.fields.length;
  return { headersTruncated, headers, commonHeaders: commonHeaders(section, returnPath) };
}

function commonHeaders(section: HeaderSection, returnPath?: string): MailFacts["commonHeaders"] {
  const found: Record<string, string | string[]> = returnPath === undefined ? {} : { returnPath };
  for (const [key, name] of Object.entries(addressLists)) {
    const value = headerValue(section, name);
    if (value !== undefined) found[key] = parseMailboxes(value).map(writeMailbox);
  }
  for (const [key, name] of Object.entries(singleValues)) {
    const value = headerValue(section, name);
    if (value !== undefined) found[key] = value.slice(0, maxHeaderBytes);
  }
  return found;
}

/** The bare addresses of an address-list header or parameter; empty for what holds none. */
export function bareAddresses(value: string): string[] {
  return parseMailboxes(value)
    .map((mailbox) => mailbox.address)
    .filter((address) => address !== "");
}

/** Every address of the header fields of these names. */
export function headerAddresses(section: HeaderSection, ...names: string[]): string[] {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return section.fields.filter((f) => wanted.has(f.name.toLowerCase())).flatMap((f) => bareAddresses(f.value));
}

function parseMailboxes(value: string): { name: string; address: string }[] {
  return addressparser(value.slice(0, maxHeaderBytes), { flatten: true });
}

function writeMailbox({ name, address }: { name: string; address: string }): string {
  return name === "" ? address : `${name} <${address}>`;
}

/** What stands right of the last `@`, lower case; empty without one. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf("@");
  return at === -1 ? "" : address.slice(at + 1).toLowerCase();
}
