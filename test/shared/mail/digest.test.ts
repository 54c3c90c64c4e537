import { describe, expect, it } from "vitest";
import { bodyBytes, contentDigest } from "#shared/mail/digest.ts";
import { readMessage } from "#shared/mail/message.ts";
import { written } from "./written-mail.ts";

const digest = (raw: Buffer) => Buffer.from(contentDigest(readMessage(raw))).toString("hex");

const withFile = (id: string, boundary: string, encoding: string, text: string, file: string) =>
  written(
    `Message-ID: <${id}@x>`,
    `Date: ${id}`,
    `Content-Type: multipart/mixed; boundary=${boundary}`,
    "",
    `--${boundary}`,
    "",
    text,
    `--${boundary}`,
    "Content-Type: application/zip",
    `Content-Transfer-Encoding: ${encoding}`,
    "",
    file,
    `--${boundary}--`,
  );

describe("contentDigest", () => {
  it("is the same for a resend, however it was carried", () => {
    expect(digest(withFile("1", "a", "base64", "one  two\r\nthree", "Zm9v"))).toBe(
      digest(withFile("2", "b", "8bit", "one two three", "foo")),
    );
  });

  it("does not depend on the order of attachments", () => {
    const files = (first: string, second: string) => {
      const part = (file: string) => ["--b", "Content-Type: application/zip", "", file];
      return written("Content-Type: multipart/mixed; boundary=b", "", ...part(first), ...part(second), "--b--");
    };
    expect(digest(files("foo", "bar"))).toBe(digest(files("bar", "foo")));
    expect(digest(files("foo", "bar"))).not.toBe(digest(files("foo", "foo")));
  });

  it("differs with the text, and with an attachment", () => {
    const first = digest(withFile("1", "a", "8bit", "one", "foo"));
    expect(digest(withFile("1", "a", "8bit", "two", "foo"))).not.toBe(first);
    expect(digest(withFile("1", "a", "8bit", "one", "bar"))).not.toBe(first);
  });

  it("does not take text for an attachment", () => {
    const file = "attachment 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"; // SHA-256 of "foo"
    expect(digest(written("A: b", "", `one\n${file}`))).not.toBe(digest(withFile("1", "a", "8bit", "one", "foo")));
  });
});

describe("bodyBytes", () => {
  it("is what stands after the header", () => {
    const raw = written("A: b", "", "body", "");
    expect(Buffer.from(bodyBytes(readMessage(raw), raw)).toString()).toBe("body\r\n");
  });
});
