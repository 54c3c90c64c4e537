/** Who the API takes whoever asks to be: `/v1/me`. */
import * as z from "zod";
import type { TenantApi } from "./tenant-route.ts";

const Me = z
  .strictObject({
    issuer: z.string().meta({ description: "The OpenID provider that says so." }),
    subject: z.string().meta({ description: "The provider's name for whoever asks." }),
  })
  .meta({ id: "Me" });

export function meRoute(api: TenantApi): void {
  api.declare(
    {
      ...{ method: "get", path: "/v1/me", group: "Access", permission: "known" },
      summary: "Who you are to this API",
      answers: { 200: { description: "As the credential says.", json: Me } },
    },
    (c) => c.json(c.var.who),
  );
}
