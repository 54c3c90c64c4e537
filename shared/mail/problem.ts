/** What was odd about a message. Stable codes: they are stored with the record and shown to staff. */
export type MailProblem =
  | "header-too-large"
  | "too-many-fields"
  | "header-damaged"
  | "no-header"
  | "too-many-addresses"
  | "too-many-references"
  | "nesting-too-deep"
  | "too-many-parts"
  | "missing-boundary"
  | "missing-end-boundary"
  | "bad-encoding"
  | "bad-charset"
  | "bad-date"
  | "text-too-long"
  | "html-too-complex";

/** Collects problems while a message is read; each code at most once. */
export type ProblemSet = Set<MailProblem>;
