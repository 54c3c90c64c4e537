import { parseArgs } from "node:util";
import { Trouble } from "#shared/verify/finding.ts";

export interface Arguments {
  /** An address, or a file: an audit export or a state file. */
  readonly target: string;
  readonly state: string | undefined;
  /** Files with keys, fingerprints, or verifier keys. */
  readonly keys: readonly string[];
  readonly compare: string | undefined;
  readonly json: boolean;
}

const usage = `candor-verify <address or file> [--state FILE] [--key FILE|fingerprint]... [--compare STATE] [--json]

  https://trust.example        checks a trust center from outside
  audit.jsonl                  checks an audit export; needs the log's key from --state or --key
  mine.json --compare theirs   compares two state files: do both see one log?

  --state FILE   where keys and the last checkpoint are kept between runs
                 (for an address: ~/.local/state/candor-verify/<host>.json)
  --key KEY      a key known from elsewhere: a PEM or OpenPGP file, a thumbprint,
                 a fingerprint, or the log's verifier key; may be given several times
  --compare FILE somebody else's state file of the same log
  --json         the findings as JSON, with the signed texts that prove a lie

Exit code 0: everything holds. 1: a lie. 2: it could not be checked; the message says what to do.
`;

/** @throws Trouble with the usage */
export function readArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parse([...words]);
  const [target, ...more] = positionals;
  if (target === undefined || more.length > 0) throw new Trouble(`Name one address or file.\n\n${usage}`);
  return {
    target,
    state: values.state,
    keys: values.key ?? [],
    compare: values.compare,
    json: values.json ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        state: { type: "string" },
        key: { type: "string", multiple: true },
        compare: { type: "string" },
        json: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new Trouble(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/** The site of an address, or `undefined` for what is none. @throws Trouble for one with more than scheme, host and port */
export function siteOf(target: string): URL | undefined {
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return undefined;
  const url = new URL(target);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") {
    throw new Trouble(`Give the address without a path: ${url.origin}`);
  }
  return url;
}
