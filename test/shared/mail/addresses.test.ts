import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_ADDRESSES, readAddresses } from "#shared/mail/addresses.ts";
import type { MailProblem } from "#shared/mail/problem.ts";

function read(value: string) {
  const { addresses, hasGroup } = readAddresses(value, new Set());
  return { addresses: addresses.map(({ name, address }) => [name, address]), hasGroup };
}

describe("readAddresses", () => {
  // RFC 5322 appendix A.1.1 to A.1.3, A.5 and A.6.1.
  it.each([
    ["John Doe <jdoe@machine.example>", [["John Doe", "jdoe@machine.example"]], false],
    ['"Joe Q. Public" <john.q.public@example.com>', [["Joe Q. Public", "john.q.public@example.com"]], false],
    [
      "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
      [
        ["Mary Smith", "mary@x.test"],
        ["", "jdoe@example.org"],
        ["Who?", "one@y.test"],
      ],
      false,
    ],
    [
      '<boss@nil.test>, "Giant; \\"Big\\" Box" <sysservices@example.net>',
      [
        ["", "boss@nil.test"],
        ['Giant; "Big" Box', "sysservices@example.net"],
      ],
      false,
    ],
    [
      "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
      [
        ["Ed Jones", "c@a.test"],
        ["", "joe@where.test"],
        ["John", "jdoe@one.test"],
      ],
      true,
    ],
    ["Undisclosed recipients:;", [], true],
    ["Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", [["Pete", "pete@silly.test"]], false],
    [
      "Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
      [
        ["Mary Smith", "mary@example.net"],
        ["", "jdoe@test.example"],
      ],
      false,
    ],
  ])("reads %s", (value, addresses, hasGroup) => {
    expect(read(value)).toEqual({ addresses, hasGroup });
  });

  it("reads an old-style name in a comment", () => {
    expect(read("jdoe@example.org (John Doe)").addresses).toEqual([["John Doe", "jdoe@example.org"]]);
  });

  it("decodes a name after the list was cut, so an encoded comma or bracket makes no address", () => {
    const hidden = `=?utf-8?B?${Buffer.from("a <boss@bank.example>, b").toString("base64")}?=`;
    expect(read(`${hidden} <real@x.example>`).addresses).toEqual([["a <boss@bank.example>, b", "real@x.example"]]);
  });

  it("keeps international domains as they were written", () => {
    expect(read("Jörg <jörg@bücher.example>").addresses).toEqual([["Jörg", "jörg@bücher.example"]]);
  });

  it("takes direction overrides and control characters out of names", () => {
    expect(read("a\u202eb\u0007c <x@y.example>").addresses).toEqual([["ab c", "x@y.example"]]);
  });

  it("stops at its limit and says so", () => {
    const problems = new Set<MailProblem>();
    expect(readAddresses("a@b.example,".repeat(MAX_ADDRESSES + 1), problems).addresses).toHaveLength(MAX_ADDRESSES);
    expect([...problems]).toEqual(["too-many-addresses"]);
  });

  it("never throws", () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('"', "<", ">", "(", ")", "\\", ",", ";", ":", "@", "a@b.c"),
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void read(pieces.join(""))));
  });
});
