import { removeComments } from "./comments.ts";
import { cleanLine } from "./display.ts";
import { decodeEncodedWords } from "./encoded-word.ts";
import type { ProblemSet } from "./problem.ts";

export interface Address {
  /** Decoded display name; empty where there is none. */
  readonly name: string;
  /** As written (internationalised domains are left alone), without angle brackets and white space. */
  readonly address: string;
}

export interface AddressList {
  readonly addresses: readonly Address[];
  /** Whether group syntax (`name: a, b;`) was used, RFC 5322 §3.4. */
  readonly hasGroup: boolean;
}

export const MAX_ADDRESSES = 1000;
const MAX_NAME = 500;
const MAX_LENGTH = 256 * 1024;

/**
 * Reads an address list (RFC 5322 §3.4) as it stands, and decodes encoded words only afterwards, in display names, so that an
 * encoded `<` or `,` cannot make an address. Linear, never throws.
 */
export function readAddresses(value: string, problems: ProblemSet): AddressList {
  const addresses: Address[] = [];
  let hasGroup = false;
  if (value.length > MAX_LENGTH) problems.add("too-many-addresses");
  let mailbox = new Mailbox();
  const finish = () => {
    const address = mailbox.finish();
    mailbox = new Mailbox();
    if (address === undefined) return;
    if (addresses.length < MAX_ADDRESSES) addresses.push(address);
    else problems.add("too-many-addresses");
  };
  for (const token of tokens(value.slice(0, MAX_LENGTH))) {
    if (token.kind === "special" && (token.text === "," || token.text === ";")) finish();
    else if (token.kind === "special" && token.text === ":") {
      hasGroup = true;
      mailbox = new Mailbox(); // what stood before is the name of the group
    } else mailbox.add(token);
  }
  finish();
  return { addresses, hasGroup };
}

interface Token {
  readonly kind: "text" | "quoted" | "comment" | "angle" | "special";
  readonly text: string;
}

/** Cuts a header value into quoted strings, comments, `<...>`, the separators `,` `;` `:`, and the text between them. */
function* tokens(value: string): Generator<Token> {
  let at = 0;
  while (at < value.length) {
    const char = value[at] as string;
    const from = at;
    if (char === '"') {
      at = closing(value, at, '"');
      yield { kind: "quoted", text: value.slice(from + 1, at).replace(/\\(.)/gs, "$1") };
      at++;
    } else if (char === "(") {
      at = closing(value, at, ")");
      yield { kind: "comment", text: value.slice(from + 1, at).replace(/\\(.)/gs, "$1") };
      at++;
    } else if (char === "<") {
      at = closing(value, at, ">");
      yield { kind: "angle", text: value.slice(from + 1, at) };
      at++;
    } else if (char === "," || char === ";" || char === ":") {
      yield { kind: "special", text: char };
      at++;
    } else {
      while (at < value.length && !'"(<,;:'.includes(value[at] as string)) at++;
      yield { kind: "text", text: value.slice(from, at) };
    }
  }
}

/** Index of the closing character, or the end. Comments nest; `<...>` may hold a quoted local part. */
function closing(value: string, from: number, close: string): number {
  let depth = 0;
  let quoted = false;
  for (let at = from + 1; at < value.length; at++) {
    const char = value[at];
    if (char === "\\" && close !== ">") at++;
    else if (char === '"' && close === ">") quoted = !quoted;
    else if (char === "(" && close === ")") depth++;
    else if (char === close && !quoted && depth-- === 0) return at;
  }
  return value.length;
}

/** Gathers the tokens of one mailbox: `name <address>`, `address (name)` or a bare address. */
class Mailbox {
  #words: string[] = [];
  #comments: string[] = [];
  #angle: string | undefined;
  #quoted = false;

  add(token: Token): void {
    if (token.kind === "comment") this.#comments.push(token.text);
    else if (token.kind === "angle") this.#angle ??= token.text;
    else {
      this.#words.push(token.text);
      this.#quoted ||= token.kind === "quoted";
    }
  }

  finish(): Address | undefined {
    const phrase = this.#words.join("");
    if (this.#angle !== undefined) {
      const address = withoutComments(this.#angle)
        .replace(/^@[^:]*:/, "")
        .replace(/\s+/g, ""); // RFC 5322 §4.4: drop an old route
      const name = phrase.trim() === "" ? this.#comments.join(" ") : this.#words.map((word) => word.trim()).join(" ");
      if (address === "" && name === "") return undefined;
      return { name: displayName(name), address };
    }
    if (phrase.trim() === "" && this.#comments.length === 0) return undefined;
    if (!phrase.includes("@")) return { name: displayName(phrase || this.#comments.join(" ")), address: "" };
    const bare = this.#quoted ? undefined : /^(.*?)(\S+@\S+)\s*$/s.exec(phrase);
    if (bare?.[1]?.trim()) return { name: displayName(bare[1]), address: bare[2] as string };
    return { name: displayName(this.#comments.join(" ")), address: phrase.replace(/\s+/g, "") };
  }
}

/** A quoted local part may hold a parenthesis that begins no comment. */
function withoutComments(text: string): string {
  return text.includes('"') ? text : removeComments(text);
}

function displayName(text: string): string {
  return cleanLine(decodeEncodedWords(text), MAX_NAME);
}
