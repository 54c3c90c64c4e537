import MimeNode from "nodemailer/lib/mime-node";

export interface MailDraft {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  readonly replyTo?: string;
  readonly subject: string;
  readonly text: string;
  /** Message-IDs with their angle brackets. */
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  /** The list that it is sent to, and where one click ends that (RFC 2369, RFC 2919, RFC 8058). Absent in an answer to one mail. */
  readonly list?: { readonly id: string; readonly unsubscribe: string };
}

/** How many ids a `References` line carries: the first and the newest, so that the header stays small. */
const referencesAtMost = 20;

/**
 * An automatic mail as RFC 5322 text (nodemailer's MIME writer; header values can't break out of their line). It is marked
 * as automatic by RFC 3834 section 5 and by the header that Exchange understands. SES sets `Message-ID` and `Date` anew.
 */
export async function composeAutomaticMail(draft: MailDraft): Promise<string> {
  const node = new MimeNode("text/plain; charset=utf-8", {
    textEncoding: "Q",
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  node.setHeader([
    { key: "From", value: [draft.from] },
    { key: "To", value: [{ name: "", address: draft.to }] },
    ...(draft.replyTo === undefined ? [] : [{ key: "Reply-To", value: [{ name: "", address: draft.replyTo }] }]),
    { key: "Subject", value: draft.subject },
    ...(draft.inReplyTo === undefined ? [] : [{ key: "In-Reply-To", value: draft.inReplyTo }]),
    ...(draft.references === undefined ? [] : [{ key: "References", value: shortened(draft.references).join(" ") }]),
    ...(draft.list === undefined
      ? [{ key: "Auto-Submitted", value: "auto-replied" }]
      : [
          { key: "Auto-Submitted", value: "auto-generated" },
          { key: "List-Id", value: `<${draft.list.id}>` },
          { key: "List-Unsubscribe", value: `<${draft.list.unsubscribe}>` },
          { key: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" },
        ]),
    { key: "X-Auto-Response-Suppress", value: "All" },
    { key: "X-Candor-Loop", value: "1" },
  ]);
  node.setContent(draft.text.replaceAll(/\r?\n/g, "\r\n"));
  return (await node.build()).toString("latin1");
}

function shortened(references: readonly string[]): readonly string[] {
  if (references.length <= referencesAtMost) return references;
  return [...references.slice(0, 1), ...references.slice(1 - referencesAtMost)];
}
