import { formatBase64, readBase64 } from "#shared/signing/base64.ts";
import { Malformed, unlessMalformed } from "#shared/signing/malformed.ts";
import { type NoteVerifier, verifyNote } from "#shared/signing/note.ts";
import { readDecimal } from "./decimal.ts";
import { HASH_LENGTH, isCount } from "./merkle.ts";

/** What a log states when it signs: of this many leaves, this is the root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Which log it is. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Further lines, opaque. Our logs write none, since nobody who watches a log can check them. */
  readonly extensions: readonly string[];
}

/** The text to sign as a note: origin, size, root in base64, extensions, each on a line. @throws Malformed */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  if (!isCount(size)) throw new Malformed(`A checkpoint cannot have ${size} leaves.`);
  requireRoot(root);
  const lines = [origin, String(size), formatBase64(root), ...extensions];
  lines.forEach(requireLine);
  return `${lines.join("\n")}\n`;
}

/** Undoes formatCheckpoint, byte for byte: reads the text of a note, without its signatures. @throws Malformed */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, ...rest] = text.split("\n");
  const extensions = rest.slice(0, -1);
  if (origin === undefined || size === undefined || root === undefined || rest.at(-1) !== "") {
    throw new Malformed("A checkpoint has an origin, a size and a root, each on a line that ends with a line feed.");
  }
  [origin, ...extensions].forEach(requireLine);
  const checkpoint = { origin, size: readDecimal(size), root: readBase64(root), extensions };
  requireRoot(checkpoint.root);
  return checkpoint;
}

/** A log to believe: its origin, and the keys that it signs with. Keys of witnesses don't belong here. */
export interface TrustedLog {
  readonly origin: string;
  readonly verifiers: readonly NoteVerifier[];
}

/** The checkpoint in a signed note, where it is of this log and signed by one of its keys; else undefined. */
export function openCheckpoint(note: string, { origin, verifiers }: TrustedLog): Checkpoint | undefined {
  const verified = verifyNote(note, verifiers);
  if (verified === undefined) return undefined;
  const checkpoint = unlessMalformed(() => parseCheckpoint(verified.text));
  return checkpoint?.origin === origin ? checkpoint : undefined;
}

function requireRoot(root: Uint8Array): void {
  if (root.length !== HASH_LENGTH)
    throw new Malformed(`A checkpoint's root has ${HASH_LENGTH} bytes, not ${root.length}.`);
}

/** What a note can hold on one line. */
function requireLine(line: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (line === "" || !line.isWellFormed() || /[\x00-\x1f]/.test(line)) {
    throw new Malformed("A line of a checkpoint is neither empty nor holds control characters.");
  }
}
