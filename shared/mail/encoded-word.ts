import { decodeCharset } from "./charset.ts";

const encodedWord = /=\?([^?\s]{1,100})\?([bq])\?([^?]*)\?=/gi;

interface Run {
  readonly charset: string;
  readonly bytes: Buffer[];
}

/**
 * RFC 2047: `=?charset?q|b?text?=` to text. White space between two encoded words goes; neighbours of one charset are joined as bytes first,
 * because senders cut multi-byte characters in two. What is no encoded word stays as it is.
 */
export function decodeEncodedWords(value: string): string {
  if (!value.includes("=?")) return value;
  let text = "";
  let run: Run | undefined;
  let after = 0;
  const flush = () => {
    if (run !== undefined) text += decodeCharset(Buffer.concat(run.bytes), run.charset).text;
    run = undefined;
  };
  for (const match of value.matchAll(encodedWord)) {
    const [whole, label = "", encoding = "", body = ""] = match;
    const gap = value.slice(after, match.index);
    if (run === undefined || gap.trim() !== "") {
      flush();
      text += gap;
    }
    const charset = label.replace(/\*.*$/, "").toLowerCase(); // RFC 2231 §5: charset*language
    if (run !== undefined && run.charset !== charset) flush();
    run ??= { charset, bytes: [] };
    run.bytes.push(encoding.toLowerCase() === "b" ? Buffer.from(body, "base64") : decodeQ(body));
    after = match.index + whole.length;
  }
  flush();
  return text + value.slice(after);
}

function decodeQ(body: string): Buffer {
  const text = body
    .replaceAll("_", " ")
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return isLatin1(text) ? Buffer.from(text, "latin1") : Buffer.from(text, "utf8");
}

function isLatin1(text: string): boolean {
  return !/[\u0100-\uffff]/.test(text);
}
