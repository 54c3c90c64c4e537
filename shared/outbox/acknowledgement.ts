/** What an acknowledgement says: the number, the promises, how to go on. Nothing of the report itself. */
import { lengthInWords } from "#shared/tenant/promise-in-words.ts";
import type { TenantProfile } from "#shared/tenant/tenant.ts";
import { wrapText } from "./wrap-text.ts";

export interface AcknowledgedReport {
  readonly number: string;
  readonly receivedAt: Date;
}

/** Stands in a digest for the list of report numbers until it is sent. */
export const numbersMark = "[numbers]";

export function acknowledgementSubject(number: string): string {
  return `Report ${number} received`;
}

/** The text of an acknowledgement, 72 columns. `again`: the same report came a second time. */
export function acknowledgementText(
  profile: TenantProfile,
  report: AcknowledgedReport,
  address: { readonly reply: string },
  again = false,
): string {
  return wrapText([
    again
      ? `${profile.name} has received this report once more. It was filed under the number it has already:`
      : `${profile.name} has received your report. It is filed under the number`,
    `    ${report.number}`,
    `Received: ${inWords(report.receivedAt)}`,
    `What happens next`,
    ...nextSteps(profile),
    `To add something, answer this message or write to`,
    `    ${address.reply}`,
    "What arrives there joins your report. Anyone who has that address can write to it, nobody can read with it.",
    closing,
  ]);
}

export const digestSubject = "Further reports received";

/** The text of the one mail that tells a sender of all further reports of a day. */
export function digestText(profile: TenantProfile): string {
  return wrapText([
    `${profile.name} has received more reports from you today than it acknowledges one by one. Each is filed under a number of its own:`,
    `    ${numbersMark}`,
    `What happens next`,
    ...nextSteps(profile),
    closing,
  ]);
}

const closing =
  "This message was sent automatically and quotes nothing from your report, which was sealed when it arrived. Automatic answers to it are kept and not answered.";

function nextSteps(profile: TenantProfile): string[] {
  const promise = profile.acknowledgeWithin;
  const first =
    promise === undefined
      ? `${profile.name} publishes no time within which reports are acknowledged. This message says that yours has arrived.`
      : `${profile.name} promises to acknowledge a report within ${lengthInWords(promise)}. This message does that.`;
  return [first, ...profile.nextSteps].map((step) => `- ${step}`);
}

const months = "January February March April May June July August September October November December".split(" ");

/** By hand: a formatter of Intl reads its data for longer than all else that a fresh Lambda evaluates. */
function inWords(instant: Date): string {
  const [, time] = /T(\d\d:\d\d)/.exec(instant.toISOString()) ?? [];
  const month = months[instant.getUTCMonth()] ?? "";
  return `${String(instant.getUTCDate())} ${month} ${String(instant.getUTCFullYear())} at ${time ?? ""} UTC`;
}
