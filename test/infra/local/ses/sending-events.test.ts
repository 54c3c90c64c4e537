import { join } from "node:path";
import { SendRawEmailCommand } from "@aws-sdk/client-ses";
import { describe, expect, it, vi } from "vitest";
import { openMailbox } from "#infra/local/ses/mailbox.ts";
import { bounceEvent, complaintEvent, type SesEvent, startEventPublisher } from "#infra/local/ses/sending-events.ts";
import { noon, sendingSide, temporaryFolder } from "./workbench.ts";

const place = { region: "us-east-1", accountId: "000000000000" };
const raw = Buffer.from("From: a@hearth.localhost\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nHello\r\n");

function send(set?: string) {
  return new SendRawEmailCommand({
    RawMessage: { Data: raw },
    Tags: [{ Name: "outbox", Value: "item-1" }],
    ...(set === undefined ? {} : { ConfigurationSetName: set }),
  });
}

describe("sending events", () => {
  it("are Send and then Delivery, in SES's shape", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    const { MessageId: id } = await side.client.send(send("candor"));
    await vi.waitFor(() => expect(side.mailbox.pendingEvents()).toEqual([]));
    const mail = {
      timestamp: "2026-11-21T12:00:00.000Z",
      source: "a@hearth.localhost",
      sourceArn: "arn:aws:ses:us-east-1:000000000000:identity/hearth.localhost",
      sendingAccountId: "000000000000",
      messageId: id,
      destination: ["b@example.org"],
      headersTruncated: false,
      headers: expect.arrayContaining([{ name: "Subject", value: "hello" }]),
      commonHeaders: {
        from: ["a@hearth.localhost"],
        to: ["b@example.org"],
        subject: "hello",
        date: "Sat, 21 Nov 2026 12:00:00 +0000",
        messageId: id,
      },
      tags: {
        "ses:operation": ["SendRawEmail"],
        "ses:configuration-set": ["candor"],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": ["hearth.localhost"],
        "ses:caller-identity": ["AKIDOUTBOX"],
        outbox: ["item-1"],
      },
    };
    const delivery = {
      timestamp: "2026-11-21T12:00:00.000Z",
      processingTimeMillis: 0,
      recipients: ["b@example.org"],
      smtpResponse: "250 2.6.0 Message received",
      reportingMTA: "mail.localhost",
    };
    expect(side.events).toEqual([
      { eventType: "Send", mail, send: {} },
      { eventType: "Delivery", mail, delivery },
    ]);
  });

  it("are published for mail of a configuration set only", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    await side.client.send(send());
    await side.client.send(send("candor"));
    await vi.waitFor(() => expect(side.events).toHaveLength(2));
    expect(side.mailbox.list().map((mail) => mail.eventPublished)).toEqual([true, true]);
  });

  it("are published again after a failure, until both went out", async () => {
    using folder = temporaryFolder();
    const events: SesEvent[] = [];
    let failures = 1;
    const publishEvent = async (event: SesEvent): Promise<void> => {
      if (event.eventType === "Delivery" && failures-- > 0) throw new Error("topic unreachable");
      events.push(event);
    };
    await using side = await sendingSide(folder.path, { publishEvent });
    await side.client.send(send("candor"));
    await vi.waitFor(() => expect(side.mailbox.pendingEvents()).toEqual([]), { timeout: 5000 });
    expect(events.map((event) => event.eventType)).toEqual(["Send", "Send", "Delivery"]);
  });

  it("that a crash left pending are published at the next start", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "mail.sqlite");
    const caller = { from: "a@hearth.localhost", to: ["b@example.org"], tags: {}, caller: "AKID" };
    const before = openMailbox({ file, now: () => noon });
    before.add({ id: "lost", raw, configurationSet: "candor", ...caller });
    before.add({ id: "done", raw, configurationSet: "candor", ...caller });
    before.markPublished("done");
    before.close();

    await using side = await sendingSide(folder.path);
    await vi.waitFor(() => expect(side.mailbox.pendingEvents()).toEqual([]));
    expect(side.events.map(({ eventType, mail }) => [eventType, mail.messageId])).toEqual([
      ["Send", "lost"],
      ["Delivery", "lost"],
    ]);
  });

  it("stop with the publisher and leave the rest for the next one", async () => {
    using folder = temporaryFolder();
    const mailbox = openMailbox({ file: join(folder.path, "mail.sqlite"), now: () => noon });
    for (const id of ["first", "second"]) {
      mailbox.add({ id, from: "a@b", to: ["c@d"], raw, tags: {}, configurationSet: "candor", caller: "AKID" });
    }
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const publisher = startEventPublisher({ mailbox, publishEvent: () => held, place, now: () => noon });
    const closed = publisher.close();
    release();
    await closed;
    expect(mailbox.pendingEvents().map((mail) => mail.id)).toEqual(["second"]);
    mailbox.close();
  });

  it("can be made for a bounce and a complaint", async () => {
    using folder = temporaryFolder();
    await using side = await sendingSide(folder.path);
    const { MessageId: id = "" } = await side.client.send(send("candor"));
    const mail = side.mailbox.get(id);
    if (mail === undefined) throw new Error("not kept");
    const kind = { bounceType: "Permanent", bounceSubType: "General", feedbackId: "feedback-1" } as const;
    expect(bounceEvent(mail, place, noon, kind)).toMatchObject({
      eventType: "Bounce",
      bounce: { ...kind, bouncedRecipients: [{ emailAddress: "b@example.org", status: "5.1.1" }] },
      mail: { messageId: id },
    });
    expect(complaintEvent(mail, place, noon, "feedback-2")).toMatchObject({
      eventType: "Complaint",
      complaint: { complainedRecipients: [{ emailAddress: "b@example.org" }], feedbackId: "feedback-2" },
    });
  });
});
