const utf8 = new TextDecoder("utf-8", { fatal: true });
const lossyUtf8 = new TextDecoder("utf-8");
const windows1252 = new TextDecoder("windows-1252");

/** Names seen in mail that the WHATWG registry, which TextDecoder follows, does not know. */
const aliases = new Map<string, string>([
  ["unicode-1-1-utf-7", "utf-7"],
  ["unicode-2-0-utf-7", "utf-7"],
  ["utf7", "utf-7"],
  ["uft-8", "utf-8"],
  ["latin-9", "iso-8859-15"],
  ["cp936", "gbk"],
  ["cp949", "euc-kr"],
  ["cp932", "shift_jis"],
  ["x-mac-roman", "macintosh"],
  ["iso-2022-jp-2", "iso-2022-jp"],
  ["cp50220", "iso-2022-jp"],
  ["cp50221", "iso-2022-jp"],
  ["x-gbk", "gbk"],
]);

interface DecodedText {
  readonly text: string;
  /** False when the label is unknown or the bytes do not fit it; the text is then a guess. */
  readonly clean: boolean;
}

/**
 * Bytes to text by a charset label from a message. Never throws: an unknown label, or bytes that do not fit it,
 * are read as UTF-8 where they are UTF-8 and as windows-1252 otherwise. US-ASCII is what unaware senders claim,
 * so it decides nothing about bytes above 127.
 */
export function decodeCharset(bytes: Uint8Array, label: string | undefined): DecodedText {
  const name = canonicalName(label);
  if (name === undefined || name === "us-ascii" || name === "ascii") return { text: guessText(bytes), clean: true };
  if (name === "utf-8" || name === "utf8") return decodeUtf8(bytes);
  if (name === "utf-7") return decodeUtf7(bytes);
  const decoder = decoderFor(name);
  if (decoder !== undefined) {
    const text = decoder.decode(bytes);
    return { text, clean: !text.includes("\uFFFD") };
  }
  return { text: guessText(bytes), clean: false };
}

/** Unlabelled bytes: UTF-8 where they are valid UTF-8, else windows-1252. */
export function guessText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes); // maps every byte, so nothing is lost
  }
}

/** Bytes that claim to be UTF-8: a few damaged ones stay replacement characters, mostly wrong ones mean another charset. */
function decodeUtf8(bytes: Uint8Array): DecodedText {
  try {
    return { text: utf8.decode(bytes), clean: true };
  } catch {
    const text = lossyUtf8.decode(bytes);
    const lost = count(text, /\uFFFD/g);
    const understood = count(text, /[\u0080-\uFFFC]/g);
    return { text: lost > understood ? windows1252.decode(bytes) : text, clean: false };
  }
}

/** RFC 2152: runs of base64 hold UTF-16, `+-` is a plus sign. */
function decodeUtf7(bytes: Uint8Array): DecodedText {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const decoded = text.replace(/\+([A-Za-z0-9+/]*)(-?)/g, (_, run: string) => {
    if (run === "") return "+";
    const units = Buffer.from(run, "base64");
    return units
      .subarray(0, units.length & ~1)
      .swap16()
      .toString("utf16le");
  });
  return { text: decoded.toWellFormed(), clean: !/[\u0080-\u00ff]/.test(text) };
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) found++;
  return found;
}

function canonicalName(label: string | undefined): string | undefined {
  const name = label?.trim().toLowerCase().slice(0, 64);
  if (name === undefined || name === "") return undefined;
  return aliases.get(name) ?? name;
}

function decoderFor(name: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(name);
  } catch {
    return undefined; // not in the WHATWG registry
  }
}
