/** Who the API takes whoever asks to be: `/v1/me`. */
import * as z from "zod";
import type { Caller, Machine } from "#shared/access/caller.ts";
import { permissionsOf } from "#shared/access/permissions.ts";
import { Role, readMembership } from "#shared/store/members.ts";
import type { Table } from "#shared/store/table.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import type { TenantApi } from "./tenant-route.ts";

const Permissions = z.array(z.string()).meta({ description: "What may be done there, as operations name it." });

const Person = z.strictObject({
  kind: z.literal("person"),
  issuer: z.string().meta({ description: "The OpenID provider that says so." }),
  subject: z.string().meta({ description: "The provider's name for whoever asks." }),
  tenants: z
    .array(
      z.strictObject({
        tenant: z.string(),
        member: z.string().meta({ description: "What the audit log calls whoever asks." }),
        role: Role,
        permissions: Permissions,
      }),
    )
    .meta({ description: "The membership in the tenant that was asked about; none where there is none." }),
});

const MachineDetail = z.strictObject({
  kind: z.literal("machine"),
  tenant: z.string(),
  token: z.string().meta({ description: "Its opaque name, which the audit log calls it too." }),
  rule: z.string().optional().meta({ description: "The trust rule that it was given for." }),
  permissions: Permissions,
  endsAt: z.iso.datetime(),
});

const Me = z.discriminatedUnion("kind", [Person, MachineDetail]).meta({ id: "Me" });
const Query = z.strictObject({
  tenant: z.string().max(63).optional().meta({ description: "The tenant that a person asks about." }),
});

export function meRoute(api: TenantApi, { table }: { readonly table: Table }): void {
  api.declare(
    {
      ...{ method: "get", path: "/v1/me", group: "Access", permission: "known", query: Query },
      summary: "Who you are to this API",
      description:
        "Memberships are kept by tenant, and nobody has a list of one person's: name the tenant to learn what you are there. A provider that the tenant brought is known then too.",
      answers: { 200: { description: "As the credential says.", json: Me } },
    },
    async (c) => {
      const { who } = c.var;
      if (who.kind === "machine") return c.json(machine(who));
      return c.json(await person(table, who, c.req.valid("query").tenant));
    },
  );
}

async function person(table: Table, who: Extract<Caller, { kind: "person" }>, asked: string | undefined) {
  const tenant = TenantId.safeParse(asked);
  const membership = tenant.success ? await readMembership(table, tenant.data, who) : undefined;
  const tenants = membership
    ? [{ tenant: tenant.data, ...membership, permissions: [...permissionsOf(membership.role)] }]
    : [];
  return { kind: who.kind, issuer: who.issuer, subject: who.subject, tenants };
}

function machine({ kind, tenant, token, rule, scopes, endsAt }: Machine) {
  return { kind, tenant, token, ...(rule === undefined ? {} : { rule }), permissions: [...scopes], endsAt };
}
