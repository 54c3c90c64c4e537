import { describe, expect, it } from "vitest";
import { htmlToText, stripTags } from "#shared/mail/html-text.ts";

const evil = '<a href="https://evil.example/login">https://bank.example</a>';

describe("htmlToText", () => {
  it("shows where a link really leads", () => {
    expect(htmlToText(`<p>See ${evil}</p>`)).toBe("See https://bank.example [https://evil.example/login]");
  });

  it("drops scripts and styles, and fetches and shows no more of an image than its name and address", () => {
    const text = htmlToText(
      '<style>p{color:red}</style><script>alert(1)</script><p>Hi <img src="http://track.example/1.gif" alt="logo"></p>',
    );
    expect(text).toBe("Hi logo [image: http://track.example/1.gif]");
  });

  it.each([
    '<span style="display:none">x</span>',
    '<span style="color:red; DISPLAY: none">x</span>',
    "<span hidden>x</span>",
    '<span style="font-size:0px">x</span>',
  ])("keeps and marks what a browser would hide: %s", (html) => {
    expect(htmlToText(`<p>a ${html} b</p>`)).toBe("a [hidden text: x] b");
  });

  it("does not take small text for hidden text, and shows where a hidden link leads", () => {
    expect(htmlToText('<p style="font-size:0.9em">a <a style="display:none" href="http://x.example">b</a></p>')).toBe(
      "a [hidden text: b [http://x.example]]",
    );
  });

  it("keeps headings as they were written and lines apart", () => {
    expect(htmlToText("<h1>Title here</h1><div>one<br>two</div>")).toBe("Title here\n\none\ntwo");
  });

  it.each([
    ["elements", "<b>".repeat(501)],
    ["quotes, each of which indents every line", "<blockquote>".repeat(21)],
    ["characters", "x".repeat(1024 * 1024 + 1)],
  ])("refuses too many %s", (_, html) => {
    expect(htmlToText(html)).toBeUndefined();
  });

  it("counts only what is open at the same time", () => {
    expect(htmlToText("<b>x</b>".repeat(600))).toBe("x".repeat(600));
  });
});

describe("stripTags", () => {
  it("shows text and link targets, drops scripts and styles", () => {
    expect(
      stripTags(`<style>p{}</style><script>if (a < b) "</p>"</script><p>Hi&nbsp;&lt;you&gt; &#233;</p>${evil}`),
    ).toBe("Hi <you> é\n[https://evil.example/login] https://bank.example");
  });

  it("keeps what looks like a tag that never ends", () => {
    expect(stripTags("a <b")).toBe("a <b");
  });
});
