import { describe, expect, it } from "vitest";
import { inTable, runJourney } from "./journey.ts";

describe("two hundred mails from eighty senders, through a system that is killed twice", () => {
  it("each is kept exactly once, byte for byte, and answered once where an answer is due", {
    timeout: 240_000,
  }, async () => {
    const said: string[] = [];
    const seed = Number(process.env["JOURNEY_SEED"] ?? Date.now() % 2 ** 31);
    const findings = await runJourney(seed, (line) => said.push(line));
    process.stdout.write(`${said.join("\n")}\n${inTable(findings)}\n`);
    expect(findings.faults.map(({ sentence }) => sentence)).toEqual([]);
    expect(findings.rows.reduce((sum, { found }) => sum + found, 0)).toBe(200);
  });
});
