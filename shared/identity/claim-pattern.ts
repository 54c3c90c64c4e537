/**
 * Patterns over the claims of a token: a small part of what regular expressions say, anchored at both ends. They are matched here
 * and not by a regular expression engine, since a tenant writes them and a stranger's token is matched: time grows with pattern
 * times text, whatever either holds.
 */
import { Failure } from "#shared/failure.ts";

type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "any"; readonly of: (letter: string) => boolean; readonly least: 0 | 1 };

const anything = (): boolean => true;
const withinPart = (letter: string): boolean => letter !== "/";
const digit = (letter: string): boolean => letter >= "0" && letter <= "9";

/** The wildcards there are. */
const wildcards: Readonly<Record<string, Omit<Extract<Piece, { kind: "any" }>, "kind">>> = {
  "[^/]+": { of: withinPart, least: 1 },
  "[^/]*": { of: withinPart, least: 0 },
  "[0-9]+": { of: digit, least: 1 },
  ".+": { of: anything, least: 1 },
  ".*": { of: anything, least: 0 },
};
const wildcardNames = Object.keys(wildcards);

export interface ClaimPattern {
  /** The text that every match begins with. */
  readonly beginning: string;
  matches(text: string): boolean;
}

/**
 * Reads a pattern: `^`, then text and wildcards (`[^/]+`, `[^/]*`, `[0-9]+`, `.+`, `.*`), then `$`. Of the signs that mean something
 * in a regular expression a backslash makes plain ones. @throws Failure `invalid` with what to write instead
 */
export function readClaimPattern(pattern: string): ClaimPattern {
  if (!pattern.startsWith("^") || !/(?<!\\)(?:\\\\)*\$$/.test(pattern))
    throw refused(`A pattern begins with ^ and ends with $: one that is open at an end lets in what only looks alike.`);
  const pieces = readPieces(pattern.slice(1, -1));
  const [first] = pieces;
  if (first?.kind !== "text")
    throw refused("A pattern begins with text after ^: one that begins with a wildcard lets everybody in.");
  return { beginning: first.text, matches: (text) => matches(pieces, text) };
}

function readPieces(body: string): Piece[] {
  const pieces: Piece[] = [];
  for (let rest = body; rest !== ""; ) {
    const wildcard = wildcardNames.find((name) => rest.startsWith(name));
    if (wildcard !== undefined) {
      pieces.push({ kind: "any", ...(wildcards[wildcard] as Omit<Extract<Piece, { kind: "any" }>, "kind">) });
      rest = rest.slice(wildcard.length);
      continue;
    }
    const plain = /^(?:\\[^A-Za-z0-9]|[^\\^$.*+?()[\]{}|])+/.exec(rest)?.[0];
    if (plain === undefined)
      throw refused(
        `Of the signs that mean something in a regular expression only ${wildcardNames.join(", ")} are understood. Put a backslash before the others, or make a rule for each alternative.`,
      );
    pieces.push({ kind: "text", text: plain.replace(/\\(.)/g, "$1") });
    rest = rest.slice(plain.length);
  }
  return pieces;
}

/** Follows all ways through the text at once: the places where the pieces so far may end. */
function matches(pieces: readonly Piece[], text: string): boolean {
  let ends = new Set([0]);
  for (const piece of pieces) {
    const next = new Set<number>();
    if (piece.kind === "text") {
      for (const end of ends) if (text.startsWith(piece.text, end)) next.add(end + piece.text.length);
    } else {
      let open = false;
      for (let place = 0; place <= text.length; place++) {
        // A wildcard goes on from where one before it began, until a letter that it does not stand for.
        open = open && piece.of(text.charAt(place - 1));
        if (open || (piece.least === 0 && ends.has(place))) next.add(place);
        open ||= ends.has(place);
      }
    }
    ends = next;
  }
  return ends.has(text.length);
}

const refused = (message: string): Failure => new Failure("invalid", message);
