import { describe, expect, it } from "vitest";
import type { Thread } from "#shared/report/conversation.ts";
import { type Arrival, decideIntake, type Known } from "#shared/report/intake-decision.ts";

const person: Arrival = {
  kind: "message",
  answer: { allowed: true },
  standing: "verified",
  severalFrom: false,
  readable: true,
  problems: false,
  spam: "PASS",
  virus: "PASS",
  sender: "digest-of-reporter",
};
const unknown: Known = {
  received: false,
  sameMail: false,
  sameMessageId: false,
  sameContent: undefined,
  token: undefined,
  tokenGiven: false,
  reference: undefined,
  acknowledgedToday: 0,
};
const thread = (conversation: string): Thread => ({
  report: "report",
  number: "HEARTH-2026-AAAAAA",
  conversation,
  suite: "x25519-hkdf-sha256-aes256gcm",
  publicKey: new Uint8Array(32),
  reporter: "digest-of-reporter",
});

describe("what becomes of a mail", () => {
  it("from a person opens a report, is acknowledged and starts the clock", () => {
    expect(decideIntake(person, unknown)).toEqual({
      do: "open",
      kind: "message",
      flags: [],
      acknowledge: { send: "now" },
      startClock: true,
    });
  });

  it("is nothing when this delivery was handled, whatever it holds", () => {
    expect(decideIntake({ ...person, virus: "FAIL" }, { ...unknown, received: true })).toEqual({ do: "nothing" });
  });

  it.each([
    [{ virus: "FAIL" }, "virus"],
    [{ spam: "FAIL" }, "spam"],
    [{ readable: false }, "unparsable"],
    [{ kind: "bounce", answer: { allowed: false, reason: "bounce" } }, "unmatched-bounce"],
  ] as const)("with %j waits in quarantine as %s", (change, reason) => {
    expect(decideIntake({ ...person, ...change }, unknown)).toEqual({ do: "quarantine", reason });
  });

  it("that was not scanned is a report that says so", () => {
    expect(decideIntake({ ...person, virus: "PROCESSING_FAILED" }, unknown)).toMatchObject({
      do: "open",
      flags: ["not-scanned"],
    });
  });

  it("with the same id and body is noted as a duplicate", () => {
    expect(decideIntake(person, { ...unknown, sameMail: true, sameMessageId: true })).toEqual({ do: "note-duplicate" });
  });

  it("with a known id and another body is a report of its own, flagged", () => {
    expect(decideIntake(person, { ...unknown, sameMessageId: true })).toMatchObject({
      do: "open",
      flags: ["message-id-reused"],
    });
  });

  it("sent again by its verified sender joins, and is acknowledged again", () => {
    expect(decideIntake(person, { ...unknown, sameContent: thread("a") })).toMatchObject({
      do: "join",
      kind: "resend",
      acknowledge: { send: "now" },
    });
  });

  it("with known content from an unverified sender stays apart, flagged", () => {
    const decision = decideIntake({ ...person, standing: "unverified" }, { ...unknown, sameContent: thread("a") });
    expect(decision).toMatchObject({ do: "open", flags: ["sender-unverified", "possible-duplicate"] });
  });

  it("to a reply address joins and is never acknowledged", () => {
    expect(decideIntake(person, { ...unknown, token: thread("a"), tokenGiven: true })).toMatchObject({
      do: "join",
      kind: "message",
      flags: [],
      acknowledge: { send: "no" },
    });
  });

  it("to a reply address from a stranger joins and is marked", () => {
    const decision = decideIntake(
      { ...person, sender: "somebody-else", standing: "failed" },
      { ...unknown, token: thread("a") },
    );
    expect(decision).toMatchObject({ do: "join", flags: ["sender-failed", "sender-unverified", "not-reporter"] });
  });

  it("whose token and reference disagree follows the token, flagged", () => {
    const decision = decideIntake(person, { ...unknown, token: thread("a"), reference: thread("b") });
    expect(decision).toMatchObject({ do: "join", thread: { conversation: "a" }, flags: ["conflict"] });
  });

  it("to a reply address that was never issued is a report with a flag", () => {
    expect(decideIntake(person, { ...unknown, tokenGiven: true })).toMatchObject({ do: "open", flags: ["bad-token"] });
  });

  it("from a machine opens a report without acknowledgement and clock", () => {
    const machine: Arrival = { ...person, kind: "list", answer: { allowed: false, reason: "list" } };
    expect(decideIntake(machine, unknown)).toEqual({
      do: "open",
      kind: "list",
      flags: ["automatic"],
      acknowledge: { send: "no", reason: "list" },
      startClock: false,
    });
  });

  it("beyond three acknowledgements a day is told of in the digest", () => {
    expect(decideIntake(person, { ...unknown, acknowledgedToday: 2 })).toMatchObject({ acknowledge: { send: "now" } });
    expect(decideIntake(person, { ...unknown, acknowledgedToday: 3 })).toMatchObject({
      acknowledge: { send: "digest" },
    });
  });
});
