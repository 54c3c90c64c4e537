import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MailProblem } from "#shared/mail/problem.ts";
import { MAX_DEPTH, MAX_PARTS, type Part, readStructure } from "#shared/mail/structure.ts";
import { written } from "./written-mail.ts";

function read(raw: Buffer) {
  const problems = new Set<MailProblem>();
  const root = readStructure(raw, problems);
  return { root, problems: [...problems] };
}

function* allParts(part: Part): Generator<Part> {
  yield part;
  for (const child of part.children) yield* allParts(child);
}

/** `path mediaType` of each part, and the body of each leaf. */
function outline(raw: Buffer) {
  return [...allParts(read(raw).root)].map(({ path, mediaType, from, to, children }) =>
    children.length > 0
      ? `${path} ${mediaType}`
      : `${path} ${mediaType} ${JSON.stringify(raw.toString("utf8", from, to))}`,
  );
}

describe("readStructure", () => {
  it("reads the example of RFC 2046 §5.1.1: implicit header, no last line break, preamble and epilogue left out", () => {
    const raw = written(
      'Content-type: multipart/mixed; boundary="simple boundary"',
      "",
      "This is the preamble.  It is to be ignored.",
      "",
      "--simple boundary",
      "",
      "This is implicitly typed plain US-ASCII text.",
      "It does NOT end with a linebreak.",
      "--simple boundary",
      "Content-type: text/plain; charset=us-ascii",
      "",
      "This is explicitly typed plain US-ASCII text.",
      "It DOES end with a linebreak.",
      "",
      "--simple boundary--",
      "",
      "This is the epilogue.  It is also to be ignored.",
    );
    expect(outline(raw)).toEqual([
      "1 multipart/mixed",
      '1.1 text/plain "This is implicitly typed plain US-ASCII text.\\r\\nIt does NOT end with a linebreak."',
      '1.2 text/plain "This is explicitly typed plain US-ASCII text.\\r\\nIt DOES end with a linebreak.\\r\\n"',
    ]);
  });

  it("gives a signed part byte for byte, with its header and without the line break of the boundary (RFC 1847 §2.1)", () => {
    const signed = "Content-Type: text/plain; charset=us-ascii\r\n\r\nsigned\r\n";
    const raw = Buffer.from(
      `Content-Type: multipart/signed; boundary=s; protocol="application/pgp-signature"\r\n\r\n--s\r\n${signed}\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n`,
    );
    const [part] = read(raw).root.children;
    expect(raw.toString("utf8", part?.headerFrom, part?.to)).toBe(signed);
  });

  it("ends an inner multipart that never ends at the next part of the outer one", () => {
    const raw = written(
      "Content-Type: multipart/mixed; boundary=out",
      "",
      "--out",
      "Content-Type: multipart/mixed; boundary=in",
      "",
      "--in",
      "",
      "a",
      "--out",
      "",
      "b",
      "--out--",
    );
    expect(outline(raw)).toEqual([
      "1 multipart/mixed",
      "1.1 multipart/mixed",
      '1.1.1 text/plain "a"',
      '1.2 text/plain "b"',
    ]);
  });

  it("tells a boundary from another that begins with it", () => {
    const raw = written(
      "Content-Type: multipart/mixed; boundary=ab",
      "",
      "--ab",
      "Content-Type: multipart/mixed; boundary=abc",
      "",
      "--abc",
      "",
      "a",
      "--abcd",
      "--abc--",
      "--ab",
      "",
      "b",
      "--ab--",
    );
    expect(outline(raw)).toEqual([
      "1 multipart/mixed",
      "1.1 multipart/mixed",
      '1.1.1 text/plain "a\\r\\n--abcd"',
      '1.2 text/plain "b"',
    ]);
  });

  it("gives a boundary that two levels share to the inner one until that has ended", () => {
    const raw = written(
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "",
      "a",
      "--b--",
      "--b",
      "",
      "c",
      "--b--",
    );
    expect(outline(raw)).toEqual([
      "1 multipart/mixed",
      "1.1 multipart/mixed",
      '1.1.1 text/plain "a"',
      '1.2 text/plain "c"',
    ]);
  });

  it.each(["\n", "\r"])("accepts %j alone as line end", (end) => {
    const lines = ["Content-Type: multipart/mixed; boundary=b", "", "--b", "", "a", "--b  ", "", "c", "--b--", ""];
    expect(outline(Buffer.from(lines.join(end)))).toEqual([
      "1 multipart/mixed",
      '1.1 text/plain "a"',
      '1.2 text/plain "c"',
    ]);
  });

  it("opens an embedded message, and takes the parts of a digest as messages", () => {
    const raw = written(
      "Content-Type: multipart/digest; boundary=d",
      "",
      "--d",
      "",
      "Subject: one",
      "",
      "a",
      "--d",
      "Content-Type: text/plain",
      "",
      "b",
      "--d--",
    );
    expect(outline(raw)).toEqual([
      "1 multipart/digest",
      "1.1 message/rfc822",
      '1.1.1 text/plain "a"',
      '1.2 text/plain "b"',
    ]);
  });

  it("leaves an embedded message whole when it is encoded", () => {
    const raw = written("Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", "", "U3ViamVjdDogeA==");
    expect(outline(raw)).toEqual(['1 message/rfc822 "U3ViamVjdDogeA=="']);
  });

  it("takes the first line as boundary when none is named", () => {
    const raw = written("Content-Type: multipart/mixed", "", "--b", "", "a", "--b--");
    expect(outline(raw)).toEqual(["1 multipart/mixed", '1.1 text/plain "a"']);
    expect(read(raw).problems).toEqual(["missing-boundary"]);
  });

  it("ends a part whose header never ends at the boundary", () => {
    const raw = written(
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "Content-Type: image/png",
      "--b",
      "",
      "a",
      "--b--",
    );
    expect(outline(raw)).toEqual(["1 multipart/mixed", '1.1 image/png ""', '1.2 text/plain "a"']);
  });

  it("says that the end boundary is missing, and keeps everything before it", () => {
    const raw = written("Content-Type: multipart/mixed; boundary=b", "", "--b", "", "a", "");
    expect(outline(raw)).toEqual(["1 multipart/mixed", '1.1 text/plain "a\\r\\n"']);
    expect(read(raw).problems).toEqual(["missing-end-boundary"]);
  });

  it("keeps what is nested too deep as one leaf", () => {
    const level = (n: number) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`;
    const raw = Buffer.from(`${Array.from({ length: 1000 }, (_, n) => level(n)).join("")}\r\ndeep`);
    const parts = [...allParts(read(raw).root)];
    expect(parts).toHaveLength(MAX_DEPTH + 1);
    expect(raw.toString("latin1", parts.at(-1)?.from, parts.at(-1)?.to)).toContain("deep");
    expect(read(raw).problems).toContain("nesting-too-deep");
  });

  it("lets the last part take the rest when there are too many", () => {
    const raw = Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\n\r\nx\r\n".repeat(50_000)}`);
    const parts = [...allParts(read(raw).root)];
    expect([parts.length, parts.at(-1)?.to]).toEqual([MAX_PARTS, raw.length]);
    expect(read(raw).problems).toContain("too-many-parts");
  });

  it("keeps every part inside its parent, and in order, for any bytes", () => {
    const line = fc.constantFrom(
      "Content-Type: multipart/mixed; boundary=a",
      "Content-Type: multipart/mixed; boundary=b",
      "Content-Type: message/rfc822",
      "--a",
      "--b",
      "--a--",
      "--b--",
      "",
      "text",
      " folded",
      "\r",
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.constantFrom("\r\n", "\n", "\r"), (lines, end) => {
        const raw = Buffer.from(lines.join(end));
        for (const part of allParts(read(raw).root)) {
          expect(part.headerFrom).toBeLessThanOrEqual(part.from);
          expect(part.from).toBeLessThanOrEqual(part.to);
          let at = part.from;
          for (const child of part.children) {
            expect(child.headerFrom).toBeGreaterThanOrEqual(at);
            expect(child.to).toBeLessThanOrEqual(part.to);
            at = child.to;
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
