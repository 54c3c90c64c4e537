/** How much memory the door takes while it takes in the largest mail there may be. */
import { randomBytes } from "node:crypto";
import { maxInboundBytes } from "#infra/local/ses/smtp.ts";
import { bucketNames } from "#infra/local/storage/fauxqs.ts";
import { openObjectWriter } from "#infra/local/storage/object-writer.ts";
import { queueEvent, startDoorChild } from "./door-child.ts";
import { noticeOf, objectKeyOf } from "./intake-samples.ts";
import { reportMail } from "./mails.ts";
import { type Outcome, spreadOf } from "./outcome.ts";
import { cpuMs, peakMib } from "./process-cost.ts";
import { startStandInsChild } from "./stand-ins-child.ts";

const limitMib = 300;

export async function benchBigMail(quick: boolean, say: (line: string) => void): Promise<Outcome[]> {
  await using closing = new AsyncDisposableStack();
  const standIns = await startStandInsChild();
  closing.defer(() => standIns.stop());
  const objects = openObjectWriter(standIns.fauxqs, bucketNames.raw);
  closing.defer(() => objects.close());
  const peaks: number[] = [];
  let context = "";
  let cpu = 0;
  for (let round = 0; round < (quick ? 2 : 5); round++) {
    const name = `big${String(round)}`;
    const mail = { ...reportMail(name), raw: bigMail(name) };
    await objects.put(objectKeyOf(name), mail.raw);
    const door = await startDoorChild("inbound-mail", standIns.environmentOf("inbound-mail"));
    const [idle, began, cpuBefore] = [peakMib(door.pid), performance.now(), cpuMs(door.pid)];
    await door.invoke(queueEvent([noticeOf(name, mail)]));
    peaks.push(peakMib(door.pid));
    cpu = cpuMs(door.pid) - cpuBefore;
    context = `${idle.toFixed(0)} MiB before, ${((performance.now() - began) / 1000).toFixed(1)} s for ${String(mail.raw.length)} bytes`;
    await door.stop();
    say(`${(peaks.at(-1) ?? 0).toFixed(0)} MiB`);
  }
  return [
    {
      bench: "big-mail",
      goal: `peak resident memory of inbound-mail at 40 MB, at most ${String(limitMib)} MiB`,
      measured: spreadOf(peaks),
      atMost: limitMib,
      unit: "MiB",
      cpu: `${(cpu / 1000).toFixed(1)} s`,
      context,
    },
  ];
}

/** A mail of just under SES's limit: a text, and random bytes in base64 as an attachment. */
function bigMail(name: string): Buffer {
  const plain = reportMail(name).raw.toString("latin1");
  const boundary = "=_bench";
  const [head = "", body = ""] = plain.split(/\r\n\r\n(.*)/s);
  const lines = head.replace("text/plain; charset=utf-8", `multipart/mixed; boundary="${boundary}"`);
  const before = `${lines}\r\n\r\n--${boundary}\r\n\r\n${body}\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="dump.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
  const after = `\r\n--${boundary}--\r\n`;
  const room = Math.floor((maxInboundBytes - 4096 - before.length - after.length) / 78);
  const encoded = randomBytes(room * 57).toString("base64");
  return Buffer.from(before + encoded.replace(/.{76}/g, "$&\r\n") + after, "latin1");
}
