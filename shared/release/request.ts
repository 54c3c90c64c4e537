/** What somebody with the right to publish asks for. `publisher` carries it out, at once or at its time, and notes what came of it. */
import * as z from "zod";
import type { Fault } from "#shared/failure.ts";
import { ReleaseNote, ReleaseNumber, WithdrawalReason } from "./release.ts";

/**
 * The number of the newest release that whoever asks knows of, 0 for none: where another one came meanwhile, the request is
 * refused. Without it the request holds whatever was published since.
 */
const base = z.int().min(0).optional();

export const RequestedWork = z.discriminatedUnion("kind", [
  /** The draft as it stands when this is carried out. */
  z.object({ kind: z.literal("publish"), note: ReleaseNote.optional(), base }),
  /** The content of an earlier release, as a new one. */
  z.object({ kind: z.literal("restore"), release: ReleaseNumber, note: ReleaseNote.optional(), base }),
  z.object({ kind: z.literal("withdraw"), release: ReleaseNumber, reason: WithdrawalReason }),
]);
export type RequestedWork = z.infer<typeof RequestedWork>;

const Refusal = z.object({
  code: z.enum(["conflict", "invalid", "not-found"]),
  detail: z.string(),
  /** What is wrong with the draft. */
  faults: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
export type Refusal = z.infer<typeof Refusal>;

export const PublicationRequest = z.object({
  id: z.string(),
  work: RequestedWork,
  by: z.string(),
  /** Not before this instant. */
  at: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  state: z.enum(["waiting", "done", "refused", "cancelled"]),
  /** What came of it. */
  release: ReleaseNumber.optional(),
  refusal: Refusal.optional(),
});
export type PublicationRequest = z.infer<typeof PublicationRequest>;

/** How far ahead a publication may be scheduled. */
export const mostAhead = 366 * 86_400_000;

/** More faults than these help nobody: the first ones are corrected, and the draft is looked at again. */
const mostFaults = 50;

export function refusedFor(faults: readonly Fault[]): Refusal {
  const shown = faults.slice(0, mostFaults);
  const more =
    faults.length > shown.length ? ` The first ${String(mostFaults)} of ${String(faults.length)} are named.` : "";
  return {
    code: "invalid",
    detail: `The draft can't be published as it stands. Correct what errors names, then publish again.${more}`,
    faults: [...shown],
  };
}

/** Whether a request waits for a moment that is still to come. */
export const isScheduled = ({ at, createdAt }: Pick<PublicationRequest, "at" | "createdAt">): boolean => at > createdAt;
