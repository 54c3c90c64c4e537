/** All of a tenant's data as files that its owner alone can open: `/v1/tenants/<t>/export`. */
import * as z from "zod";
import { isRecipient } from "#shared/export/recipient.ts";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { type Job, JobId } from "#shared/job/job.ts";
import type { Random } from "#shared/report/identifier.ts";
import { ExportedPart, exportKeptMs } from "#shared/store/exports.ts";
import { readJob } from "#shared/store/jobs.ts";
import { askForJob, JobDetail, jobDetail, jobPath } from "./job.ts";
import { streamed } from "./streamed.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const Asked = z.strictObject({
  recipient: z
    .string()
    .max(100)
    .refine(isRecipient, "must be an age recipient: age1 and 58 more characters, as age-keygen prints it")
    .meta({ description: "An age recipient (X25519). Only its identity opens the export: keep that." }),
});

interface Settings {
  readonly exportsBucket: string;
  readonly now: () => Date;
  readonly random: Random;
}

const kind = { group: "Export and erasure", permission: "export.run" } as const;

export function exportRoutes(api: TenantApi, settings: Settings): void {
  const { now } = settings;

  tenantRoute(
    api,
    {
      ...{ ...kind, method: "post", path: "/export" },
      summary: "Take out all data of the tenant",
      description:
        "A job that opens every report, which the audit log tells of, and writes tar archives encrypted to the recipient. Its result lists the parts, which can be downloaded for a day.",
      body: Asked,
      answers: { 202: { description: "The job.", json: JobDetail, headers: { Location: "Where it is shown." } } },
    },
    async (c) => {
      const job = await askForJob(c.var, { kind: "export", input: c.req.valid("json") }, settings);
      return c.json(jobDetail(job, now()), 202, { location: jobPath(c.var.scope, job) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ ...kind, method: "get", path: "/export/{job}/parts/{n}" },
      summary: "A part of an export",
      params: z.object({ job: JobId, n: z.string().regex(/^[1-9][0-9]{0,4}$/) }),
      answers: { 200: { description: "A tar archive, encrypted (C2SP age).", mediaType: "application/octet-stream" } },
      failures: ["conflict"],
    },
    async (c) => {
      const { job: id, n } = c.req.valid("param");
      const job = await readJob(c.var.scope, id);
      const part = job && partOf(job, Number(n), now());
      if (!part) throw notFound();
      await c.var.trace({ action: "export.downloaded", target: { job: id, part: n } });
      const headers = {
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="${c.var.scope.tenant}-part-${n}.tar.age"`,
        "content-length": String(part.bytes),
        "repr-digest": `sha-256=:${Buffer.from(part.sha256, "hex").toString("base64")}:`,
      };
      if (c.req.method === "HEAD") return c.body(null, 200, headers);
      const body = await c.var.ports.objects.readRange(settings.exportsBucket, part.object, 0, part.bytes);
      return c.body(await streamed(body), 200, headers);
    },
  );
}

/** A part that is there; `undefined` for what never was, or has expired. @throws Failure while the job is at work */
function partOf(job: Job, n: number, now: Date): ExportedPart | undefined {
  if (job.kind !== "export") return undefined;
  if (job.state !== "done") throw new Failure("conflict", "This export is not done. Its job says how far it is.");
  const endsAt = Date.parse(job.finishedAt ?? "") + exportKeptMs;
  const { parts } = z.object({ parts: z.array(ExportedPart) }).parse(job.result);
  return now.getTime() < endsAt ? parts.find((part) => part.n === n) : undefined;
}
