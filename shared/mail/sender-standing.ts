import type { Mail } from "./message.ts";
import type { Verdicts } from "./verdicts.ts";

/** Whether From really says who speaks. */
export type SenderStanding = "verified" | "unverified" | "failed";

/**
 * DMARC decides: it ties From to a domain. SPF alone says nothing of From. Without a DMARC policy (GRAY), a DKIM signature by the
 * domain of From, or a parent of it, stands in. A From that can be read in two ways is never verified.
 */
export function senderStanding(mail: Mail, verdicts: Pick<Verdicts, "dkim" | "dmarc">): SenderStanding {
  if (verdicts.dmarc === "FAIL") return "failed";
  if (mail.fromProblems.length > 0 || mail.problems.includes("header-damaged")) return "unverified";
  if (verdicts.dmarc === "PASS") return "verified";
  return verdicts.dmarc === "GRAY" && verdicts.dkim === "PASS" && isSignedByFromDomain(mail)
    ? "verified"
    : "unverified";
}

/** SES writes its Authentication-Results above everything that the sender wrote, so only the first one counts. */
function isSignedByFromDomain(mail: Mail): boolean {
  const results = mail.headers("authentication-results")[0] ?? "";
  const domain = mail.from?.address.split("@").at(-1)?.toLowerCase();
  if (domain === undefined || !/^\s*amazonses\.com\s*;/i.test(results)) return false;
  const signers = signersOf(results);
  return signers.length > 0 && signers.every((signer) => isDomainOrParent(signer, domain));
}

function isDomainOrParent(signer: string, domain: string): boolean {
  return signer.includes(".") && (domain === signer || domain.endsWith(`.${signer}`));
}

/**
 * The domains (`header.d=` or `header.i=@`) of all DKIM results, RFC 8601 §2.7.1; an empty one where a result did not pass or names none.
 * The line also holds the envelope sender and HELO name, into which a sender could write a result of their own: so all must agree.
 */
function signersOf(results: string): string[] {
  const dkim = results.split(";").filter((result) => /^\s*dkim\s*=/i.test(result));
  return dkim.map((result) => {
    const [, domain = ""] = /^\s*dkim\s*=\s*pass\b.*?\bheader\.(?:d=|i=[^\s@]*@)([\w.-]+)/i.exec(result) ?? [];
    return domain.toLowerCase();
  });
}
