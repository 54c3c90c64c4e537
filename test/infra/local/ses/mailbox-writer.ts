import { openMailbox } from "#infra/local/ses/mailbox.ts";

/** Adds mails without end and reports each one when it is kept; the test kills it in the middle. */
const mailbox = openMailbox({ file: process.argv[2] ?? "", now: () => new Date() });
const raw = Buffer.from("From: a@hearth.localhost\r\nTo: b@example.org\r\n\r\nHello\r\n");
for (let n = 0; ; n += 1) {
  mailbox.add({ id: `mail-${n}`, from: "a@hearth.localhost", to: ["b@example.org"], raw, tags: {}, caller: "AKID" });
  mailbox.keepNotification(`notification-${n}`, "{}");
  await new Promise((resolve) => process.send?.(`mail-${n}`, resolve));
}
