import type { HeaderSection } from "./header-section.ts";
import { isVerdictField, type VerdictStatus, type Verdicts } from "./inbound-verdicts.ts";
import { mailDate } from "./mail-date.ts";
import { domainOf, headerAddresses } from "./mail-facts.ts";

/** What the SMTP dialogue told about a message. */
export interface Arrival {
  /** 40 characters a-z and 0-9, as SES gives them. */
  readonly messageId: string;
  /** MAIL FROM; empty for a null sender. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly helo: string;
  readonly ip: string;
  readonly at: Date;
  readonly region: string;
}

/** The header section of the stored message: SES's own fields first, then the sender's without the verdict headers. */
export function storedHead(message: Buffer, section: HeaderSection, arrival: Arrival, verdicts: Verdicts): Buffer {
  const pieces: Buffer[] = [Buffer.from(receivedFields(section, arrival, verdicts))];
  let from = 0;
  for (const field of section.fields.filter(isVerdictField)) {
    pieces.push(message.subarray(from, field.start));
    from = field.end;
  }
  pieces.push(message.subarray(from, section.bodyStart));
  return Buffer.concat(pieces);
}

function receivedFields(section: HeaderSection, arrival: Arrival, verdicts: Verdicts): string {
  const { messageId, recipients, helo, ip, at, region } = arrival;
  const [only, ...others] = recipients;
  return [
    `Return-Path: <${arrival.sender}>`,
    `Received: from ${helo} (${helo} [${ip}])`,
    // With several recipients none is named, so that a blind copy stays blind.
    ` by inbound-smtp.${region}.amazonaws.com with SMTP id ${messageId}${others.length > 0 ? ";" : ""}`,
    ...(others.length > 0 ? [] : [` for ${only};`]),
    ` ${mailDate(at)} (UTC)`,
    `X-SES-Spam-Verdict: ${verdicts.spam}`,
    `X-SES-Virus-Verdict: ${verdicts.virus}`,
    `Received-SPF: ${spfResult(arrival, verdicts)};`,
    "Authentication-Results: amazonses.com;",
    ` spf=${spfResult(arrival, verdicts)};`,
    ` dkim=${result(verdicts.dkim)} header.i=@${fromDomain(section)};`,
    ` dmarc=${dmarcResult(verdicts)} header.from=${fromDomain(section)};`,
    "",
  ].join("\r\n");
}

function spfResult({ sender, helo, ip }: Arrival, { spf }: Verdicts): string {
  const domain = domainOf(sender) || helo;
  const says = spf === "PASS" ? "designates" : "does not designate";
  const why = `(spfCheck: domain of ${domain} ${says} ${ip} as permitted sender)`;
  return `${result(spf)} ${why} client-ip=${ip}; envelope-from=${sender}; helo=${helo}`;
}

function dmarcResult({ dmarc, dmarcPolicy }: Verdicts): string {
  return dmarc === "FAIL" ? `fail (p=${dmarcPolicy})` : result(dmarc);
}

/** The results of RFC 8601 that stand for SES's verdicts. */
const results = {
  PASS: "pass",
  FAIL: "fail",
  GRAY: "none",
  PROCESSING_FAILED: "temperror",
  DISABLED: "none",
} as const satisfies Record<VerdictStatus, string>;

function result(status: VerdictStatus): string {
  return results[status];
}

/** Taken from the message, so only what a domain can hold goes into our own header. */
function fromDomain(section: HeaderSection): string {
  const domain = domainOf(headerAddresses(section, "From")[0] ?? "");
  return domain.replace(/[^a-z0-9.-]/g, "").slice(0, 253);
}
