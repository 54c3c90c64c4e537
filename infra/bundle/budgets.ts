import type { DoorName } from "#infra/doors.ts";

/**
 * The most that the code of a door may weigh, in kB of 1,000 bytes: what was measured, and a tenth more. The least that each
 * carries is the client of its table with signing and credentials (270 kB) and zod (98 kB).
 */
export const budgets: Readonly<Record<DoorName, number>> = {
  // The clients of its table and of S3, the log's formats, and the pages in three languages (110 kB).
  "trust-site": 800,
  // Reads any mail: an HTML parser with its entities (170 kB, evaluated at the first HTML mail), the writer of the
  // acknowledgement (nodemailer, 92 kB), and the clients of S3 and KMS (130 kB).
  "inbound-mail": 1090,
  // The client of S3 alone is 103 kB, with the checksums and XML that it needs more.
  "mail-sweep": 615,
  outbox: 580,
  "outbox-sweep": 520,
  "mail-feedback": 555,
  // Clients of the table, S3 and KMS.
  notary: 740,
  // Clients of the table, S3, KMS, STS and SQS; what an export is written with: age (133 kB) and tar.
  jobs: 1050,
  "host-check": 530,
  // Clients of its table, S3 and STS, every schema of a posture, and the parser of Markdown.
  publisher: 890,
  // Clients of the table and KMS, and the writer of mails (nodemailer).
  subscriptions: 700,
  news: 830,
  // The client of its table, jose for the tokens, and the frame of an API.
  "platform-api": 700,
  // Clients of four services, jose for the tokens, every schema of a posture, and the parser of Markdown that its prose is checked by.
  // For imports also the parsers of TOML and YAML.
  "admin-api": 1500,
};
