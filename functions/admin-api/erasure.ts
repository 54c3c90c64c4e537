/** A person's data, found and erased: `/v1/tenants/<t>/erasure`. */
import * as z from "zod";
import type { Random } from "#shared/report/identifier.ts";
import { askForJob, JobDetail, jobDetail, jobPath } from "./job.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const Asked = z.strictObject({
  person: z.strictObject({ address: z.email().max(254).toLowerCase() }),
  dryRun: z.boolean().default(false).meta({ description: "Only counts what would be erased." }),
});

export function erasureRoutes(api: TenantApi, settings: { readonly now: () => Date; readonly random: Random }): void {
  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/erasure", group: "Export and erasure", permission: "erasure.run" },
      summary: "Erase a person's data",
      description:
        "A job that opens every report, which the audit log tells of, and erases each conversation that the address is in: messages, mails, attachments and keys. Number, times and state of the report stay, and so does every entry of the audit log. The result says on which day the last backup with the old data ends. The address is forgotten with the job's end.",
      body: Asked,
      answers: { 202: { description: "The job.", json: JobDetail, headers: { Location: "Where it is shown." } } },
    },
    async (c) => {
      const { person, dryRun } = c.req.valid("json");
      const job = await askForJob(c.var, { kind: "erasure", input: { address: person.address, dryRun } }, settings);
      return c.json(jobDetail(job, settings.now()), 202, { location: jobPath(c.var.scope, job) });
    },
  );
}
