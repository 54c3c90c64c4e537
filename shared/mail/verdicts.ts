/** What SES says of one check (receipt of an inbound event). */
export type Verdict = "PASS" | "FAIL" | "GRAY" | "PROCESSING_FAILED" | "DISABLED";

/** The verdicts of one receipt. They come from the SES event, never from headers, which a sender can write. */
export interface Verdicts {
  readonly spf: Verdict;
  readonly dkim: Verdict;
  readonly dmarc: Verdict;
  readonly spam: Verdict;
  readonly virus: Verdict;
  /** The policy of the domain of From; given only where DMARC failed. */
  readonly dmarcPolicy?: "none" | "quarantine" | "reject" | undefined;
}
