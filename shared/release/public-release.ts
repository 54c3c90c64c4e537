/** What the world may know of a release. Nothing of it says who asked for it. */
import * as z from "zod";
import { Digest } from "./digest.ts";
import { type Release, ReleaseNote, ReleaseNumber, WithdrawalReason } from "./release.ts";

const Facts = z.object({
  release: ReleaseNumber,
  /** Of the body: what the release holds, and the name under which it is stored. */
  body: Digest,
  /** Length of the body. */
  bytes: z.int().min(1),
  /** When it was asked for, as the log and the signed statement say. */
  at: z.iso.datetime(),
  /** When it began to be shown. */
  publishedAt: z.iso.datetime(),
  /** Its place in the public log. */
  index: z.int().min(0),
});

/** Which release a tenant's host shows. The pages read this, and the one body that it names. */
export const ReleasePointer = Facts;
export type ReleasePointer = z.infer<typeof ReleasePointer>;

/** A release as the list of releases and its own page have it. */
export const PublicRelease = Facts.extend({
  previous: Digest.nullable(),
  note: ReleaseNote.optional(),
  restores: ReleaseNumber.optional(),
  /** The signed statement: a Sigstore bundle v0.3, JSON. */
  bundle: z.string(),
  /** That the log holds it: a C2SP tlog-proof with the checkpoint of that time. */
  proof: z.string(),
  /** Where its content was taken away; then the body is gone. */
  withdrawn: z.object({ at: z.iso.datetime(), reason: WithdrawalReason }).optional(),
});
export type PublicRelease = z.infer<typeof PublicRelease>;

/** What makes a release fit to be shown: its place in the log, and the signature over what is stated of it. */
export type Standing = Pick<PublicRelease, "publishedAt" | "index" | "bundle" | "proof">;

export function publicRelease(release: Release, standing: Standing): PublicRelease {
  const { number, body, bytes, at, previous, note, restores } = release;
  return { release: number, body, bytes, at, previous, note, restores, ...standing };
}

export function pointerTo({ release, body, bytes, at, publishedAt, index }: PublicRelease): ReleasePointer {
  return { release, body, bytes, at, publishedAt, index };
}
