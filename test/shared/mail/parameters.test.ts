import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readParameters } from "#shared/mail/parameters.ts";

function read(header: string) {
  const { value, parameters } = readParameters(header);
  return { value, ...Object.fromEntries(parameters) };
}

describe("readParameters", () => {
  // The examples of RFC 2231 §3, §4 and §4.1, and of RFC 2045 §5.1.
  it.each([
    [
      'message/external-body; access-type=URL; URL*0="ftp://"; URL*1="cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar"',
      {
        value: "message/external-body",
        "access-type": "URL",
        url: "ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar",
      },
    ],
    [
      "application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
      { value: "application/x-stuff", title: "This is ***fun***" },
    ],
    [
      "application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"",
      { value: "application/x-stuff", title: "This is even more ***fun*** isn't it!" },
    ],
    ["text/plain; charset=us-ascii (Plain text)", { value: "text/plain", charset: "us-ascii" }],
    ['text/plain; charset="us-ascii"', { value: "text/plain", charset: "us-ascii" }],
  ])("reads %s as the RFC does", (header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it("puts segments that came out of order in order", () => {
    expect(read("a/b; name*1=two; name*0=one-")).toEqual({ value: "a/b", name: "one-two" });
  });

  it("decodes encoded words in names, as most senders write them", () => {
    expect(read('attachment; filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe.txt?="')).toMatchObject({ filename: "Grüße.txt" });
  });

  it("lets the extended form win over the plain one, and the first of a name over the second", () => {
    expect(read("attachment; filename=old; filename*=utf-8''n%C3%ABw; x=1; x=2")).toMatchObject({
      filename: "nëw",
      x: "1",
    });
  });

  it("keeps spaces, semicolons in quotes, and back-slashes of Windows paths", () => {
    expect(read(String.raw`attachment; filename="C:\dir\a;b\"c.txt"`)).toMatchObject({
      filename: String.raw`C:\dir\a;b"c.txt`,
    });
    expect(read("attachment; filename=my file (1).txt")).toMatchObject({ filename: "my file (1).txt" });
  });

  it("takes the rest of a quote that never ends", () => {
    expect(read('a/b; boundary="abc; x=1')).toEqual({ value: "a/b", boundary: "abc; x=1" });
  });

  it("never throws", () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(";", '"', "\\", "name*0*=", "x*=utf-8''%zz", "(", "=?utf-8?b?"),
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => void readParameters(pieces.join(""))));
  });
});
