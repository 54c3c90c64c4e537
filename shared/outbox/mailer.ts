/** Sending a mail: a port. `shared/aws/mailer.ts` speaks SES behind it. */
export interface Mailer {
  /** Sends one raw message. Answers the id that SES gave it; receivers see it as the local part of `Message-ID`. */
  send(mail: {
    readonly from: string;
    readonly to: readonly string[];
    readonly raw: Uint8Array;
    /** Carried along and handed back in SES's events. */
    readonly tags: Readonly<Record<string, string>>;
  }): Promise<string>;
}

/** SES asks for patience; the mail was not sent. */
export class MailThrottled extends Error {
  override readonly name = "MailThrottled";
}

/** SES refuses this mail as it is; sending it again would change nothing. The mail was not sent. */
export class MailRefused extends Error {
  override readonly name = "MailRefused";
}
