import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openMailbox } from "#infra/local/ses/mailbox.ts";
import { noon, temporaryFolder } from "./workbench.ts";

const raw = Buffer.from("From: a@hearth.localhost\r\nTo: b@example.org\r\nSubject: hello\r\n\r\n\xff\r\n", "latin1");
const mail = { from: "a@hearth.localhost", to: ["b@example.org"], raw, tags: { outbox: "1" }, caller: "AKID" };

describe("the mailbox", () => {
  it("has after reopening what was added, newest first, bytes equal", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "below", "mail.sqlite");
    const first = openMailbox({ file, now: () => noon });
    first.add({ id: "one", ...mail });
    first.add({ id: "two", ...mail, configurationSet: "candor" });
    first.close();
    const second = openMailbox({ file, now: () => noon });
    expect(second.list().map(({ id, eventPublished }) => [id, eventPublished])).toEqual([
      ["two", false],
      ["one", true],
    ]);
    expect(second.rawBytes("one")?.equals(raw)).toBe(true);
    expect(second.get("three")).toBeUndefined();
    second.close();
  });

  it("has everything acknowledged when its process is killed", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "mail.sqlite");
    const writer = fork(fileURLToPath(new URL("mailbox-writer.ts", import.meta.url)), [file]);
    const acknowledged: unknown[] = [];
    writer.on("message", (id) => {
      acknowledged.push(id);
      if (acknowledged.length === 50) writer.kill("SIGKILL");
    });
    await once(writer, "exit");
    const mailbox = openMailbox({ file, now: () => noon });
    const kept = mailbox.list().map(({ id }) => id);
    expect(acknowledged.length).toBeGreaterThanOrEqual(50);
    expect(acknowledged.filter((id) => !kept.includes(String(id)))).toEqual([]);
    expect(mailbox.notification("notification-0")).toBe("{}");
    mailbox.close();
  });

  it("keeps the latest inbound notifications and lets the oldest go", () => {
    using folder = temporaryFolder();
    const mailbox = openMailbox({ file: join(folder.path, "mail.sqlite"), now: () => noon, notificationsKept: 2 });
    for (const id of ["a", "b", "c"]) mailbox.keepNotification(id, JSON.stringify({ id }));
    expect(["a", "b", "c"].map((id) => mailbox.notification(id))).toEqual([undefined, '{"id":"b"}', '{"id":"c"}']);
    mailbox.close();
  });

  it("says what to do about a file that is no mailbox, and leaves it as it is", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "mail.sqlite");
    writeFileSync(file, "this is no database, but it may be somebody's".repeat(100));
    const before = readFileSync(file);
    expect(() => openMailbox({ file, now: () => noon })).toThrow(/move it away to start with an empty mailbox/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
