import { describe, expect, it } from "vitest";
import { MAX_MESSAGE_IDS, readMessageIds } from "#shared/mail/message-ids.ts";
import type { MailProblem } from "#shared/mail/problem.ts";

const read = (value: string) => readMessageIds(value, new Set());

describe("readMessageIds", () => {
  it("reads the ids of a References header in order", () => {
    expect(read("<1234@local.machine.example>\t<3456@example.net> (a comment) <x@y>")).toEqual([
      "1234@local.machine.example",
      "3456@example.net",
      "x@y",
    ]);
  });

  it("reads ids that lost their brackets", () => {
    expect(read("102.10200000000105")).toEqual(["102.10200000000105"]);
    expect(read("Your message of a@b.example")).toEqual(["a@b.example"]);
  });

  it("takes no id that could not be written into a header again", () => {
    expect(read("<a b@c> <a\r\nBcc:x@y> <ü@x> <ok@x>")).toEqual(["ok@x"]);
  });

  it("keeps the newest of too many and says so", () => {
    const problems = new Set<MailProblem>();
    const ids = readMessageIds(Array.from({ length: MAX_MESSAGE_IDS + 3 }, (_, n) => `<${n}@x>`).join(" "), problems);
    expect([ids.length, ids.at(-1), [...problems]]).toEqual([
      MAX_MESSAGE_IDS,
      `${MAX_MESSAGE_IDS + 2}@x`,
      ["too-many-references"],
    ]);
  });
});
