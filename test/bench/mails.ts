/** A plain report of 4 kB from a sender of its own, so that each is due an acknowledgement. */
export function reportMail(name: string): { readonly from: string; readonly to: string; readonly raw: Buffer } {
  const [from, to] = [`${name}@example.org`, "security@hearth.localhost"];
  const head = [
    `From: Researcher ${name} <${from}>`,
    `To: ${to}`,
    `Subject: Finding ${name}`,
    `Message-ID: <${name}@mail.example.org>`,
    "Date: Sat, 21 Nov 2026 12:00:00 +0000",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "",
  ].join("\r\n");
  const line = `What ${name} found, step by step, and how to see it again.`.padEnd(70, ".");
  return { from, to, raw: Buffer.from(head + `${line}\r\n`.repeat(Math.floor((4096 - head.length) / 72))) };
}
