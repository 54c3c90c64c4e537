import * as z from "zod";
import { KeyChange, ReleaseChange } from "#shared/ledger/public-entry.ts";
import type { PublishedKey } from "#shared/signing/jwks.ts";
import { keyThumbprint } from "#shared/signing/public-key.ts";
import { published } from "./published.ts";

const Base64 = z.base64();
const Size = z.int().min(0);
const names = Object.keys(published) as [keyof typeof published];

const RememberedKey = z.strictObject({
  /** RFC 7638 thumbprint. */
  kid: z.string(),
  usedFrom: z.iso.datetime(),
  retiredAt: z.iso.datetime().optional(),
});
export type RememberedKey = z.infer<typeof RememberedKey>;

export const KeyEntry = z.strictObject({ index: Size, entry: KeyChange });
/** A key change that the public log holds. */
export type KeyEntry = z.infer<typeof KeyEntry>;

const ReleaseEntry = z.strictObject({ index: Size, entry: ReleaseChange });
/** What the public log holds of a release. */
export type ReleaseEntry = z.infer<typeof ReleaseEntry>;

/** Releases that held, by number: their bodies, and whether they were withdrawn. */
const RememberedReleases = z.record(
  z.string().regex(/^\d+$/),
  z.strictObject({ body: z.string(), withdrawn: z.boolean() }),
);
export type RememberedReleases = z.infer<typeof RememberedReleases>;

const RememberedLog = z.strictObject({
  /** The key that signs checkpoints, in the form of a verifier key: `<origin>+<key id>+<base64>`. */
  key: z.string(),
  /** The last checkpoint that held, as it was signed. */
  checkpoint: z.string(),
  /** How many entries have been read one by one, and the right edge of the tree that they make (`encodeRange`). */
  read: z.strictObject({ size: Size, edge: Base64 }),
  keyEntries: z.array(KeyEntry),
  /** Absent in files from before releases were checked: then the log is read again from its start. */
  releaseEntries: z.array(ReleaseEntry).optional(),
});
export type RememberedLog = z.infer<typeof RememberedLog>;

/** What is kept from one run to the next: the pins, and what the log may not go back on. One file a site, JSON. */
export const State = z.strictObject({
  format: z.literal("candor-verify-state/v1"),
  /** Scheme, host and port. */
  site: z.string(),
  checkedAt: z.iso.datetime(),
  seen: z.array(z.enum(names)),
  keys: z.array(RememberedKey),
  /** The OpenPGP key of last time, armored: a cache may answer with what it signed just before another took its place. */
  openPgp: z.string().optional(),
  log: RememberedLog.optional(),
  releases: RememberedReleases.optional(),
  /** The last checkpoint of each audit log of which an export held, by its origin. */
  audit: z.record(z.string(), z.string()).optional(),
});
export type State = z.infer<typeof State>;

export function rememberKey({ publicKey, usedFrom, retiredAt }: PublishedKey): RememberedKey {
  return {
    kid: keyThumbprint(publicKey),
    usedFrom: usedFrom.toISOString(),
    ...(retiredAt === undefined ? {} : { retiredAt: retiredAt.toISOString() }),
  };
}
