import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partitionOf } from "#infra/local/gate/key-condition.ts";

const keys = { partition: "pk", sort: "sk" };
const names = { "#p": "pk", "#s": "sk", "#x": "other" };
const values = { ":p": { S: "REPORT#a#1#" }, ":q": { S: "z" }, ":n": { N: "1" }, ":two": { S: "a", N: "1" } };
const read = (expression: unknown) => partitionOf({ expression, names, values }, keys);

describe("the partition of a key condition", () => {
  it.each([
    "pk = :p",
    "#p = :p",
    "#p=:p",
    "(#p = :p)",
    "((#p = :p) AND (#s <= :q))",
    "#p = :p AND begins_with(#s, :q)",
    "#p = :p and begins_with (#s , :q)",
    "#s BETWEEN :q AND :q AND #p = :p",
    "#p = :p AND #s between :q and :q",
    "sk > :q AND pk = :p",
    " pk\n=\t:p ",
  ])("is found in %j", (expression) => {
    expect(read(expression)).toBe("REPORT#a#1#");
  });

  it.each([
    "",
    "#s = :p",
    "#p <= :p",
    "begins_with(#p, :p)",
    "#p BETWEEN :p AND :p",
    "#p = :p AND #p = :q",
    "#p = :p OR #p = :q",
    "NOT #p = :p",
    "#p = :p AND #x = :q",
    "#p = :p AND #s = :q AND #s = :q",
    "#p = :p AND",
    "#p = :p #s = :q",
    "(#p = :p",
    "#p = :p)",
    ":p = #p",
    "pk = pk",
    "#p = :missing",
    "#missing = :p",
    "#p = :n",
    "#p = :two",
    "#toString = :p",
    "#p = :constructor",
    "pk.x = :p",
    "#p.#x = :p",
    "#p[0] = :p",
    "#p IN (:p)",
    "#p = :p; pk = :q",
    "#p = :p -- AND",
    "#p <> :p",
    `#p = :p${" ".repeat(5000)}`,
  ])("is not taken from %j", (expression) => {
    expect(read(expression)).toBeUndefined();
  });

  it("is not taken from what is no text", () => {
    expect([undefined, null, 7, {}, ["#p = :p"]].map(read)).toEqual(Array(5).fill(undefined));
  });

  it("is never invented, whatever the expression is made of", () => {
    const piece = fc.constantFrom(
      "#p",
      "#s",
      ":p",
      ":q",
      "=",
      "<",
      "(",
      ")",
      ",",
      "AND",
      "BETWEEN",
      "begins_with",
      "pk",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const found = read(pieces.join(" "));
        if (found === undefined) return;
        const text = pieces.join("").replaceAll(/[()]/g, "");
        const wanted = found === "z" ? ":q" : ":p";
        expect(text.includes(`#p=${wanted}`) || text.includes(`pk=${wanted}`)).toBe(true);
        expect(pieces.filter((one) => one === "#p" || one === "pk")).toHaveLength(1);
      }),
      { numRuns: 3000 },
    );
  });
});
