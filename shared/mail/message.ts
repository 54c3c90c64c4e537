import { type Address, type AddressList, readAddresses } from "./addresses.ts";
import { type Attachment, readAttachments } from "./attachments.ts";
import { cleanLine } from "./display.ts";
import { decodeEncodedWords } from "./encoded-word.ts";
import { fieldValue, fieldValues } from "./header.ts";
import { readMailDate } from "./mail-date.ts";
import { readMessageIds } from "./message-ids.ts";
import type { MailProblem, ProblemSet } from "./problem.ts";
import { type Part, readStructure } from "./structure.ts";
import { readText } from "./text.ts";

/** RFC 5322 §2.1.1 allows 998 characters in a line; a longer subject is cut. */
const MAX_SUBJECT = 998;

/** Why the From header does not say who speaks: `verified` is not possible with any of them (mail standing). */
type FromProblem =
  | "no-from"
  | "several-from-headers"
  | "several-addresses"
  | "group"
  | "no-address"
  | "name-holds-address";

/** A message that was read. Offsets point into the raw bytes, which are the record; everything here can be made again from them. */
export interface Mail {
  readonly from: Address | undefined;
  readonly fromProblems: readonly FromProblem[];
  readonly sender: Address | undefined;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly replyTo: readonly Address[];
  /** Decoded, one line, at most 998 characters, empty where there is none. */
  readonly subject: string;
  /** Without angle brackets, like all ids here. */
  readonly messageId: string | undefined;
  readonly inReplyTo: readonly string[];
  /** Oldest first. */
  readonly references: readonly string[];
  readonly date: Date | undefined;
  readonly text: string;
  readonly textFrom: "plain" | "html" | "none";
  readonly attachments: readonly Attachment[];
  readonly problems: readonly MailProblem[];
  /** False: there is no readable header at all, so this is no mail (the caller keeps it apart). */
  readonly hasHeader: boolean;
  /** Where the body begins. */
  readonly bodyFrom: number;
  /** The tree of parts; the root is the message itself. */
  readonly structure: Part;
  /** The first value of a header, unfolded, encoded words decoded; the name in any case. */
  header(name: string): string | undefined;
  /** Every value of a header, in order. */
  headers(name: string): string[];
}

/**
 * Reads a message. Never throws, for any bytes: what is odd is in `problems`, what is not understood stays in the raw message.
 * Beside `raw` only offsets, headers and the text are held; attachments are hashed in pieces.
 */
export function readMessage(raw: Uint8Array): Mail {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const problems: ProblemSet = new Set();
  const structure = readStructure(bytes, problems);
  const { fields } = structure;
  const values = (name: string) => fieldValues(fields, name);
  const list = (name: string) => readAddresses(values(name).join(", "), problems);
  const ids = (name: string) => readMessageIds(values(name).join(" "), problems);
  const from = list("from");
  const { text, textFrom, bodies } = readText(structure, bytes, problems);
  const attachments = readAttachments(structure, bytes, bodies);
  const mail = {
    from: from.addresses[0],
    fromProblems: findFromProblems(values("from").length, from),
    sender: list("sender").addresses[0],
    to: list("to").addresses,
    cc: list("cc").addresses,
    replyTo: list("reply-to").addresses,
    subject: cleanLine(decodeEncodedWords(fieldValue(fields, "subject") ?? ""), MAX_SUBJECT),
    messageId: ids("message-id")[0],
    inReplyTo: ids("in-reply-to"),
    references: ids("references"),
    date: dateOf(fieldValue(fields, "date"), problems),
    text,
    textFrom,
    attachments,
    hasHeader: fields.length > 0,
    bodyFrom: structure.from,
    structure,
    header: (name: string) => values(name.toLowerCase()).map(decodeEncodedWords)[0],
    headers: (name: string) => values(name.toLowerCase()).map(decodeEncodedWords),
  };
  if (!mail.hasHeader) problems.add("no-header");
  return { ...mail, problems: [...problems] };
}

function findFromProblems(headers: number, { addresses, hasGroup }: AddressList): FromProblem[] {
  const found: FromProblem[] = [];
  if (headers === 0) found.push("no-from");
  if (headers > 1) found.push("several-from-headers");
  if (addresses.length > 1) found.push("several-addresses");
  if (hasGroup) found.push("group");
  if (headers > 0 && !addresses[0]?.address.includes("@")) found.push("no-address");
  if (addresses.some(nameHoldsAddress)) found.push("name-holds-address");
  return found;
}

/** A display name that shows an address other than the real one: most mail programs show the name alone. */
function nameHoldsAddress({ name, address }: Address): boolean {
  const shown = name.toLowerCase().match(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g) ?? [];
  return shown.some((other) => other !== address.toLowerCase());
}

function dateOf(value: string | undefined, problems: ProblemSet): Date | undefined {
  if (value === undefined) return undefined;
  const date = readMailDate(value);
  if (date === undefined) problems.add("bad-date");
  return date;
}
