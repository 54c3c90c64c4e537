/** An instant as an RFC 5322 date-time in UTC, as SES writes it. */
export function mailDate(at: Date): string {
  return at.toUTCString().replace("GMT", "+0000");
}
