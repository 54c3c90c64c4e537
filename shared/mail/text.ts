import { decodeCharset } from "./charset.ts";
import { cleanLine } from "./display.ts";
import { decodeEncodedWords } from "./encoded-word.ts";
import { fieldValue } from "./header.ts";
import { htmlToText, MAX_HTML, stripTags } from "./html-text.ts";
import type { ProblemSet } from "./problem.ts";
import { isEmbeddedMessage, type Part } from "./structure.ts";
import { decodeWhole } from "./transfer-encoding.ts";

/** Of all text bodies together, this many encoded bytes are read as text; a body beyond it is listed as an attachment. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

interface MailText {
  /** Line ends are `\n`; otherwise in full, quotes and signatures too. */
  readonly text: string;
  readonly textFrom: "plain" | "html" | "none";
  /** The leaves that the text stands for, shown or passed over as an alternative. The others are attachments. */
  readonly bodies: ReadonlySet<Part>;
}

interface Piece {
  readonly from: "plain" | "html";
  /** Decodes at the first call. */
  readonly text: () => string;
}

/** The text of a message for reading: its text/plain bodies, and where an alternative has none of these, its HTML as text. */
export function readText(root: Part, raw: Buffer, problems: ProblemSet): MailText {
  const reader = new TextReader(raw, problems);
  const pieces = reader.read(root).filter(hasText);
  return {
    text: pieces.map((piece) => piece.text()).join("\n"),
    textFrom: pieces.length === 0 ? "none" : pieces.some((piece) => piece.from === "plain") ? "plain" : "html",
    bodies: reader.bodies,
  };
}

class TextReader {
  readonly bodies = new Set<Part>();
  readonly #raw: Buffer;
  readonly #problems: ProblemSet;
  #textBudget = MAX_TEXT_BYTES;
  #htmlBudget = MAX_HTML;

  constructor(raw: Buffer, problems: ProblemSet) {
    this.#raw = raw;
    this.#problems = problems;
  }

  read(part: Part): Piece[] {
    if (part.children.length === 0) return this.#readLeaf(part);
    const pieces = part.children.map((child) => this.read(child));
    if (isEmbeddedMessage(part) && part.disposition === "attachment") return []; // its text is in the file
    if (isEmbeddedMessage(part)) return [{ from: "plain", text: () => embeddedHeading(part) }, ...pieces.flat()];
    return part.mediaType === "multipart/alternative" ? chooseAlternative(pieces) : pieces.flat();
  }

  #readLeaf(part: Part): Piece[] {
    const isBroken = part.mediaType.startsWith("multipart/"); // no part was found in it: shown, and an attachment too
    if (!isBody(part) && !isBroken) return [];
    const size = part.to - part.from;
    if (size > this.#textBudget) {
      this.#problems.add("text-too-long");
      return [];
    }
    this.#textBudget -= size;
    if (!isBroken) this.bodies.add(part);
    let text: string | undefined;
    const isHtml = part.mediaType === "text/html";
    const read = () => (isHtml ? this.#htmlText(this.#decode(part)) : this.#decode(part).replace(/\r\n?/g, "\n"));
    return [{ from: isHtml ? "html" : "plain", text: () => (text ??= read()) }];
  }

  #decode(part: Part): string {
    const decoded = decodeCharset(decodeWhole(part.encoding, this.#raw.subarray(part.from, part.to)), part.charset);
    if (!decoded.clean) this.#problems.add("bad-charset");
    return decoded.text;
  }

  #htmlText(html: string): string {
    const text = html.length <= this.#htmlBudget ? htmlToText(html) : undefined;
    this.#htmlBudget -= html.length;
    if (text === undefined) this.#problems.add("html-too-complex");
    return text ?? stripTags(html);
  }
}

function hasText(piece: Piece): boolean {
  return /\S/.test(piece.text());
}

/** A leaf that is shown as text and not offered as a file. */
function isBody(part: Part): boolean {
  if (part.disposition === "attachment" || part.fileName !== undefined) return false;
  return part.mediaType === "text/plain" || part.mediaType === "text/html";
}

/** The first alternative with plain text in it, else the last with any (RFC 2046 §5.1.4: the last is the best). */
function chooseAlternative(alternatives: readonly Piece[][]): Piece[] {
  const plain = alternatives.find((pieces) => pieces.some((piece) => piece.from === "plain" && hasText(piece)));
  return plain ?? alternatives.findLast((pieces) => pieces.some(hasText)) ?? [];
}

const MAX_HEADING = 300;

/** Sets the text of an embedded message apart from what the sender wrote. */
function embeddedHeading(part: Part): string {
  const fields = part.children[0]?.fields ?? [];
  const lines = ["Subject", "From", "Date"].map((name) => {
    const value = cleanLine(decodeEncodedWords(fieldValue(fields, name.toLowerCase()) ?? ""), MAX_HEADING);
    return value === "" ? "" : `${name}: ${value}\n`;
  });
  return `\n[embedded message]\n${lines.join("")}`;
}
