/** What is published: `/v1/tenants/<t>/preview` and `/releases`. `publisher` freezes, `notary` logs, signs and shows; here it is asked for. */
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { PageQuery, pageOf } from "#shared/http/page.ts";
import { ReleaseNote, WithdrawalReason } from "#shared/release/release.ts";
import { isScheduled, mostAhead } from "#shared/release/request.ts";
import { Instant } from "#shared/report/report.ts";
import { listPublications, publicationSettled, readPublication } from "#shared/store/publications.ts";
import { listReleases, readReleaseHead } from "#shared/store/releases.ts";
import { GuardFailed } from "#shared/store/table.ts";
import {
  BodyDetail,
  bodyDetail,
  Difference,
  difference,
  ReleaseDetail,
  RequestDetail,
  releaseDetail,
  requestDetail,
} from "./release.ts";
import { draftContent, findRelease, releaseContent } from "./release-content.ts";
import { conflict, differenceToDraft, outcome, type ReleaseSettings, request } from "./release-request.ts";
import type { TenantVariables } from "./tenant-request.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const group = "Publishing";
const number = z.string().regex(/^[1-9]\d{0,7}$/);
const oneRelease = z.object({ release: number });
const oneRequest = z.object({ request: z.string().regex(/^[a-z2-7]{26}$/) });
const Fault = z.strictObject({ pointer: z.string(), detail: z.string() });

const base = z.int().min(0).optional().meta({
  description:
    "The newest release that you looked at, 0 for none: where another one came meanwhile, nothing is published.",
});
const Publication = z.strictObject({
  note: ReleaseNote.optional().meta({ description: "What the public reads beside the release." }),
  at: Instant.optional().meta({ description: "Publish then, the draft as it stands at that moment." }),
  base,
});
const Restoration = z.strictObject({ note: ReleaseNote.optional(), base });
const WithdrawalInput = z.strictObject({
  reason: WithdrawalReason.meta({ description: "Public. It names no person and repeats nothing of what has to go." }),
});

const published = { description: "It is published.", json: ReleaseDetail };
const onItsWay = {
  description: "It takes longer, or is scheduled: look at the request.",
  json: RequestDetail,
  headers: { location: "Where the request is." },
};

export function releaseRoutes(api: TenantApi, settings: ReleaseSettings): void {
  const { now, releasesBucket } = settings;

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/preview", group, permission: "posture.read" },
      summary: "The draft as it would be published",
      answers: {
        200: {
          description: "What the release would hold, what keeps it from being published, and what it would change.",
          json: z.strictObject({
            newest: z.int(),
            faults: z.array(Fault),
            difference: Difference.nullable(),
            body: BodyDetail,
          }),
        },
      },
    },
    async (c) => {
      const { newest } = await readReleaseHead(c.var.scope);
      const { body, faults } = await draftContent(c.var, now());
      const change = await differenceToDraft(c.var, settings, newest);
      return c.json({ newest, faults, difference: change, body: bodyDetail(body) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/releases", group, permission: "posture.read" },
      summary: "The releases, the newest first",
      query: PageQuery.extend({ cursor: number.optional() }),
      answers: { 200: { description: "A page of releases.", json: pageOf(ReleaseDetail) } },
    },
    async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const page = await listReleases(c.var.scope, {
        limit,
        before: cursor === undefined ? undefined : Number(cursor),
      });
      const more = page.next === undefined ? {} : { cursor: String(page.next) };
      return c.json({ items: page.releases.map(releaseDetail), ...more });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/releases", group, permission: "posture.publish" },
      summary: "Publish the draft",
      description:
        "The draft is checked and frozen, logged, signed and shown, all of it or nothing. The answer waits up to five seconds for that.",
      ...{ body: Publication, bodyMayBeAbsent: true },
      answers: { 201: published, 202: onItsWay },
      failures: ["conflict", "invalid"],
    },
    async (c) => {
      const { note, at, base: seen } = c.req.valid("json");
      const { newest } = await readReleaseHead(c.var.scope);
      if (seen !== undefined && seen !== newest) throw await conflict(c.var, settings, quicker(newest));
      if (at !== undefined) {
        const moment = checkedMoment(at, now());
        const work = { kind: "publish", note, base: seen } as const;
        return later(c.var, await request(c.var, settings, work, moment));
      }
      const asked = await request(c.var, settings, { kind: "publish", note, base: newest });
      return answerTo(c.var, await outcome(c.var, settings, asked, "published"));
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/releases/requests", group, permission: "posture.read" },
      summary: "What was asked for, and what is scheduled",
      query: PageQuery.extend({ cursor: oneRequest.shape.request.optional() }),
      answers: { 200: { description: "A page of requests, in no order.", json: pageOf(RequestDetail) } },
    },
    async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const page = await listPublications(c.var.scope, { limit, after: cursor });
      return c.json({ items: page.requests.map(requestDetail), cursor: page.next });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/releases/requests/{request}", group, permission: "posture.read", params: oneRequest },
      summary: "What came of a request",
      answers: { 200: { description: "The request.", json: RequestDetail } },
    },
    async (c) => c.json(requestDetail(await findRequest(c.var, c.req.valid("param").request))),
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/releases/requests/{request}/cancel", group, permission: "posture.publish" },
      ...{ params: oneRequest, summary: "Call a scheduled publication off" },
      answers: { 200: { description: "It is cancelled.", json: RequestDetail } },
      failures: ["conflict"],
    },
    async (c) => {
      const found = await findRequest(c.var, c.req.valid("param").request);
      if (found.state !== "waiting" || !isScheduled(found)) throw notWaiting();
      const settled = publicationSettled(c.var.scope, found, { state: "cancelled" }, now());
      try {
        await c.var.commit([settled], { action: "release.cancelled", target: { request: found.id } });
      } catch (error) {
        if (error instanceof GuardFailed) throw notWaiting();
        throw error;
      }
      return c.json(requestDetail({ ...found, state: "cancelled" }));
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/releases/{release}", group, permission: "posture.read", params: oneRelease },
      summary: "A release",
      answers: { 200: { description: "The release.", json: ReleaseDetail } },
    },
    async (c) => c.json(releaseDetail(await findRelease(c.var, Number(c.req.valid("param").release)))),
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/releases/{release}/body", group, permission: "posture.read", params: oneRelease },
      summary: "What a release holds",
      answers: { 200: { description: "Its content.", json: BodyDetail } },
      failures: ["gone"],
    },
    async (c) => {
      const release = await findRelease(c.var, Number(c.req.valid("param").release));
      return c.json(bodyDetail(await releaseContent(c.var, releasesBucket, release)));
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/releases/{release}/diff/{other}", group, permission: "posture.read" },
      params: oneRelease.extend({ other: z.union([number, z.literal("draft")]) }),
      summary: "The difference of two releases, or of a release and the draft",
      answers: {
        200: { description: "What the second has that the first has not, and the other way round.", json: Difference },
      },
      failures: ["gone"],
    },
    async (c) => {
      const { release, other } = c.req.valid("param");
      const content = async (name: string) =>
        releaseContent(c.var, releasesBucket, await findRelease(c.var, Number(name)));
      const before = await content(release);
      const after = other === "draft" ? (await draftContent(c.var, now())).body : await content(other);
      return c.json(difference(before, after));
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/releases/{release}/restore", group, permission: "posture.publish" },
      ...{ params: oneRelease, body: Restoration, bodyMayBeAbsent: true },
      summary: "Show an earlier release again",
      description: "As a new release with the very same content. The draft stays as it is.",
      answers: { 201: published, 202: onItsWay },
      failures: ["conflict", "gone"],
    },
    async (c) => {
      const { note, base: seen } = c.req.valid("json");
      const { number: release, state } = await findRelease(c.var, Number(c.req.valid("param").release));
      if (state === "withdrawn") throw new Failure("gone", "This release was withdrawn: there is nothing to restore.");
      const { newest } = await readReleaseHead(c.var.scope);
      if (seen !== undefined && seen !== newest) throw await conflict(c.var, settings, quicker(newest));
      const asked = await request(c.var, settings, { kind: "restore", release, note, base: newest });
      return answerTo(c.var, await outcome(c.var, settings, asked, "published"));
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/releases/{release}/withdraw", group, permission: "posture.publish" },
      ...{ params: oneRelease, body: WithdrawalInput },
      summary: "Take a release away",
      description:
        "For what has to go. It answers 410 with the reason from then on; its content is removed, its number, digest and signature stay. The release that is shown can't be withdrawn: publish or restore another one first.",
      answers: { 200: { description: "It is withdrawn.", json: ReleaseDetail }, 202: onItsWay },
      failures: ["conflict"],
    },
    async (c) => {
      const { number: release } = await findRelease(c.var, Number(c.req.valid("param").release));
      const { reason } = c.req.valid("json");
      const asked = await request(c.var, settings, { kind: "withdraw", release, reason });
      return answerTo(c.var, await outcome(c.var, settings, asked, "withdrawn"), 200);
    },
  );
}

type Outcome = Awaited<ReturnType<typeof outcome>>;

function answerTo(c: TenantVariables, found: Outcome, status = 201): Response {
  if ("waiting" in found) return later(c, found.waiting);
  const location = `/v1/tenants/${c.scope.tenant}/releases/${String(found.release.number)}`;
  return Response.json(releaseDetail(found.release), { status, headers: { ...c.headers, location } });
}

function later(c: TenantVariables, asked: Parameters<typeof requestDetail>[0]): Response {
  const location = `/v1/tenants/${c.scope.tenant}/releases/requests/${asked.id}`;
  return Response.json(requestDetail(asked), { status: 202, headers: { ...c.headers, location } });
}

async function findRequest({ scope }: TenantVariables, id: string) {
  const found = await readPublication(scope, id);
  if (!found) throw notFound();
  return found;
}

function checkedMoment(at: string, now: Date): Date {
  const moment = new Date(at);
  const ahead = moment.getTime() - now.getTime();
  if (ahead > 0 && ahead <= mostAhead) return moment;
  throw new Failure("invalid", "Give a moment that is to come, within a year; leave at out to publish now.", {
    faults: [{ pointer: "/at", detail: "is past, or more than a year ahead" }],
  });
}

const quicker = (newest: number): string =>
  `Release ${String(newest)} came meanwhile. Look at what it changed, then publish again.`;
const notWaiting = (): Failure =>
  new Failure("conflict", "This request waits for no moment any more. Read it to see what came of it.");
