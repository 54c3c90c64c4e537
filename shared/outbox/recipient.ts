/** A recipient whose address is sealed apart from the mail, so that whoever composes the mail need not know it. */

/** Stands for the address in the mail until it is sent: an address itself, so that no writer of mail folds or encodes it. */
export const recipientMark = "recipient@mark.invalid";

/** What the sealed address of a subscription is bound to. */
export const recipientObject = (subscription: string): string => `subscription/${subscription}`;
