import { type HeaderSection, headerValue, readHeaderSection } from "./header-section.ts";

/** What the mailbox shows of a sent message. Made for mail that passed the endpoint's checks, not for mail at large. */
export interface ReadableMail {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly text: string;
  readonly html?: string;
}

const maxDepth = 20;

/** Decodes subject, headers and the first text and HTML parts of a raw message. */
export function readSentMail(raw: Buffer): ReadableMail {
  const section = readHeaderSection(raw);
  const bodies = textBodies(raw, section, 0);
  return {
    subject: decodeWords(headerValue(section, "Subject") ?? ""),
    headers: headerObject(section),
    text: bodies.text ?? "",
    ...(bodies.html === undefined ? {} : { html: bodies.html }),
  };
}

function headerObject(section: HeaderSection): Record<string, string | string[]> {
  const found = new Map<string, { name: string; values: string[] }>();
  for (const { name, value } of section.fields) {
    const entry = found.get(name.toLowerCase()) ?? { name, values: [] };
    entry.values.push(value);
    found.set(name.toLowerCase(), entry);
  }
  return Object.fromEntries(
    [...found.values()].map(({ name, values: [first = "", ...rest] }) => [
      name,
      rest.length > 0 ? [first, ...rest] : first,
    ]),
  );
}

interface Bodies {
  text?: string;
  html?: string;
}

function textBodies(entity: Buffer, section: HeaderSection, depth: number): Bodies {
  const contentType = headerValue(section, "Content-Type") ?? "text/plain";
  const mediaType = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  const body = entity.subarray(section.bodyStart);
  if (mediaType.startsWith("multipart/") && depth < maxDepth) {
    const found: Bodies = {};
    for (const part of splitParts(body, parameter(contentType, "boundary"))) {
      const inner = textBodies(part, readHeaderSection(part), depth + 1);
      if (inner.text !== undefined) found.text ??= inner.text;
      if (inner.html !== undefined) found.html ??= inner.html;
    }
    return found;
  }
  if (/^attachment\b/i.test(headerValue(section, "Content-Disposition") ?? "")) return {};
  if (mediaType !== "text/plain" && mediaType !== "text/html") return {};
  const bytes = decodeTransfer(body, headerValue(section, "Content-Transfer-Encoding") ?? "7bit");
  const text = decodeCharset(bytes, parameter(contentType, "charset") ?? "utf-8");
  return mediaType === "text/html" ? { html: text } : { text };
}

function splitParts(body: Buffer, boundary: string | undefined): Buffer[] {
  if (boundary === undefined || boundary === "") return [];
  const [, ...parts] = `\r\n${body.toString("latin1")}`.split(`\r\n--${boundary}`);
  const closing = parts.findIndex((part) => part.startsWith("--"));
  return parts
    .slice(0, closing === -1 ? undefined : closing)
    .map((part) => Buffer.from(part.slice(part.indexOf("\r\n") + 2), "latin1"));
}

function parameter(value: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, "i").exec(value);
  return found?.[1] ?? found?.[2];
}

function decodeTransfer(body: Buffer, encoding: string): Buffer {
  switch (encoding.trim().toLowerCase()) {
    case "base64":
      return Buffer.from(body.toString("latin1"), "base64");
    case "quoted-printable":
      return decodeQuoted(body.toString("latin1").replace(/[ \t]*=[ \t]*\r\n/g, ""));
    default:
      return body;
  }
}

function decodeQuoted(text: string): Buffer {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1");
}

function decodeCharset(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder("utf-8").decode(bytes); // an unknown charset: better readable in part than not at all
  }
}

/** Decodes encoded words (RFC 2047); the white space between two of them is not part of the text. */
function decodeWords(value: string): string {
  return value
    .replace(/(=\?[^?\s]+\?[bq]\?[^?\s]*\?=)\s+(?==\?[^?\s]+\?[bq]\?[^?\s]*\?=)/gi, "$1")
    .replace(/=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bq])\?([^?\s]*)\?=/gi, (_, charset: string, kind: string, text: string) =>
      decodeCharset(
        kind.toLowerCase() === "b" ? Buffer.from(text, "base64") : decodeQuoted(text.replaceAll("_", " ")),
        charset,
      ),
    );
}
