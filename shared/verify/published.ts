import { Lie } from "./finding.ts";

/** What a host answered for one path. */
export type Answer =
  | { readonly kind: "found"; readonly bytes: Uint8Array }
  | { readonly kind: "absent" }
  | { readonly kind: "redirected"; readonly to: string }
  | { readonly kind: "too-long"; readonly limit: number };

/** Reads a path below the site's root, at most so many bytes of it: a port. Throws `Trouble` where the host can't be asked. */
export type ReadPath = (path: string, limit: number) => Promise<Answer>;

/** Where a trust center publishes what is checked here, and the most bytes that are read of it. */
export const published = {
  jwks: { path: ".well-known/jwks.json", limit: 262_144 },
  pem: { path: ".well-known/candor.pub", limit: 4096 },
  openPgp: { path: ".well-known/openpgp-key.asc", limit: 65_536 },
  securityTxt: { path: ".well-known/security.txt", limit: 65_536 },
  checkpoint: { path: "ledger/checkpoint", limit: 16_384 },
  releases: { path: "releases.json", limit: 1_048_576 },
} as const;
export type PublishedName = keyof typeof published;

/** Where the log's tiles are. */
export const ledgerPath = "ledger/";

/** The bytes at a path, or `undefined` where there is nothing. @throws Lie for a redirect or an answer over the limit */
export async function readBytes(read: ReadPath, path: string, limit: number): Promise<Uint8Array | undefined> {
  const answer = await read(path, limit);
  if (answer.kind === "redirected") {
    throw new Lie(
      "redirected",
      `/${path} redirects to ${answer.to}; what is pinned to this host is read from this host.`,
    );
  }
  if (answer.kind === "too-long") throw new Lie("too-long", `/${path} is longer than ${answer.limit} bytes.`);
  return answer.kind === "found" ? answer.bytes : undefined;
}

/** A published text, or `undefined` where it is not published yet. @throws Lie where it was published before */
export async function readPublished(
  read: ReadPath,
  name: PublishedName,
  seen: readonly PublishedName[],
): Promise<string | undefined> {
  const { path, limit } = published[name];
  const bytes = await readBytes(read, path, limit);
  if (bytes === undefined && seen.includes(name)) {
    throw new Lie("withdrawn", `/${path} was published when it was looked at last, and is not any more.`);
  }
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Lie("malformed", `/${path} is not UTF-8.`);
  }
}
