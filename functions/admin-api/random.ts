/** Random bytes: `/v1/tenants/<t>/random`. They are of this process: a CSPRNG that the kernel seeds. */
import * as z from "zod";
import type { Random } from "#shared/report/identifier.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

export function randomRoute(api: TenantApi, { random }: { readonly random: Random }): void {
  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/random", group: "Keys", permission: "key.use" },
      summary: "Random bytes",
      body: z.strictObject({ bytes: z.int().min(1).max(1024).default(32) }),
      bodyMayBeAbsent: true,
      answers: { 200: { description: "As base64.", json: z.strictObject({ random: z.string() }) } },
    },
    (c) => c.json({ random: Buffer.from(random(c.req.valid("json").bytes)).toString("base64") }),
  );
}
