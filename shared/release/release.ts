/** One published state of a posture, as it is kept from the moment it is frozen. */
import * as z from "zod";
import { Digest } from "./digest.ts";

/** Releases of a tenant are counted from 1, without gaps. */
export const ReleaseNumber = z.int().min(1).max(99_999_999);

/** What the public reads beside a release: why it was made, in plain text. */
export const ReleaseNote = z.string().trim().min(1).max(2_000);

/** Why a release was taken away. Public: it names no person and repeats nothing of what went. */
export const WithdrawalReason = z.string().trim().min(1).max(500);

export const Release = z.object({
  number: ReleaseNumber,
  /** `pending`: frozen, and shown to nobody before it is in the public log and signed. */
  state: z.enum(["pending", "published", "withdrawn"]),
  /** Of the body's bytes: what the release holds, and where it is stored. */
  body: Digest,
  /** Length of the body. */
  bytes: z.int().min(1),
  /** Body of the release before; `null` for the first. */
  previous: Digest.nullable(),
  /** When it was asked for, or the moment it was scheduled for: what runs again later states the same. */
  at: z.iso.datetime(),
  note: ReleaseNote.optional(),
  /** The release whose content this one shows again. */
  restores: ReleaseNumber.optional(),
  /** Who asked, by the opaque name that the audit uses. */
  by: z.string(),
  /** The request it came from. */
  request: z.string(),
  scheduledFor: z.iso.datetime().optional(),
  publishedAt: z.iso.datetime().optional(),
});
export type Release = z.infer<typeof Release>;

/** What is stated of a release in public: signed, and by its digest in the log. */
export type ReleaseFacts = Pick<Release, "number" | "body" | "previous" | "at" | "note" | "restores">;

/** How far the numbers of a tenant's releases have come, and the body of the newest; 0 before the first. */
export interface ReleaseHead {
  readonly newest: number;
  readonly body: string | null;
}

/** That a release is to be taken away, for what can't stay: its content goes, its number and digest stay. */
export const Withdrawal = z.object({
  release: ReleaseNumber,
  body: Digest,
  reason: WithdrawalReason,
  at: z.iso.datetime(),
  by: z.string(),
});
export type Withdrawal = z.infer<typeof Withdrawal>;
