/** What the API shows of releases, and of requests for them. */
import * as z from "zod";
import { kindNames } from "#shared/posture/kind-names.ts";
import type { ReleaseBody } from "#shared/posture/release-body.ts";
import { differenceOf } from "#shared/release/difference.ts";
import { differenceInWords } from "#shared/release/difference-in-words.ts";
import { Digest } from "#shared/release/digest.ts";
import { type Release, ReleaseNote, ReleaseNumber, WithdrawalReason } from "#shared/release/release.ts";
import { isScheduled, type PublicationRequest } from "#shared/release/request.ts";
import { Instant } from "#shared/report/report.ts";

export const ReleaseDetail = z
  .strictObject({
    release: ReleaseNumber,
    state: z.enum(["pending", "published", "withdrawn"]).meta({
      description: "`pending`: frozen, and shown to nobody before it is logged and signed, which takes seconds.",
    }),
    body: Digest.meta({ description: "Of the bytes that the release holds." }),
    bytes: z.int(),
    previous: Digest.nullable().meta({ description: "Body of the release before." }),
    at: Instant.meta({ description: "When it was asked for, or the moment it was scheduled for." }),
    publishedAt: Instant.optional(),
    scheduledFor: Instant.optional(),
    note: ReleaseNote.optional(),
    restores: ReleaseNumber.optional().meta({ description: "The release whose content it shows again." }),
    by: z.string().meta({ description: "Who asked for it, by the name that the audit log uses." }),
  })
  .meta({ id: "Release" });

export function releaseDetail(release: Release): z.input<typeof ReleaseDetail> {
  const { number, request: _request, ...rest } = release;
  return { release: number, ...rest };
}

export const RequestDetail = z
  .strictObject({
    id: z.string(),
    kind: z.enum(["publish", "restore", "withdraw"]),
    state: z.enum(["waiting", "done", "refused", "cancelled"]),
    createdAt: Instant,
    scheduledFor: Instant.optional(),
    by: z.string(),
    release: ReleaseNumber.optional().meta({ description: "The release that came of it, or that it is about." }),
    note: ReleaseNote.optional(),
    reason: WithdrawalReason.optional(),
    refusal: z
      .strictObject({
        code: z.enum(["conflict", "invalid", "not-found"]),
        detail: z.string(),
        faults: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
      })
      .optional(),
  })
  .meta({ id: "ReleaseRequest" });

export function requestDetail(request: PublicationRequest): z.input<typeof RequestDetail> {
  const { id, work, state, createdAt, at, by, release, refusal } = request;
  const about = release ?? (work.kind === "publish" ? undefined : work.release);
  return {
    ...{ id, kind: work.kind, state, createdAt, by, refusal },
    ...(isScheduled(request) ? { scheduledFor: at } : {}),
    ...(about === undefined ? {} : { release: about }),
    ...(work.kind === "withdraw" ? { reason: work.reason } : { note: work.note }),
  };
}

const ItemName = { kind: z.enum([...kindNames, "organisation"]), id: z.string(), title: z.string() };
const AnyLabel = z.looseObject({ maturity: z.string() }).nullable();
export const Difference = z
  .strictObject({
    words: z.array(z.string()).meta({ description: "The same in sentences." }),
    moved: z
      .array(z.strictObject({ ...ItemName, pointer: z.string(), before: AnyLabel, after: AnyLabel }))
      .meta({ description: "Labels that are others now." }),
    removed: z.array(z.strictObject(ItemName)),
    added: z.array(z.strictObject(ItemName)),
    changed: z.array(
      z.strictObject({
        ...ItemName,
        fields: z.array(
          z.strictObject({ pointer: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
        ),
      }),
    ),
  })
  .meta({ id: "ReleaseDifference" });

export function difference(before: ReleaseBody, after: ReleaseBody) {
  const found = differenceOf(before, after);
  return { words: differenceInWords(found), ...found };
}

/** A body without what only its pages need. */
export const BodyDetail = z
  .strictObject({
    format: z.string(),
    organisation: z.looseObject({}),
    content: z.record(z.string(), z.record(z.string(), z.looseObject({}))).meta({
      description: "Items by kind and id.",
    }),
  })
  .meta({ id: "ReleaseBody" });

export const bodyDetail = ({ format, organisation, content }: ReleaseBody) => ({ format, organisation, content });
