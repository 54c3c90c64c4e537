/** `POST /v1/token`: a CI's own OIDC token for a short-lived one of Candor's, so that CI stores no secret (RFC 8693). */
import type { Context } from "hono";
import * as z from "zod";
import type { Permission } from "#shared/access/permissions.ts";
import { scopeOfExchange } from "#shared/access/scope.ts";
import { Scope } from "#shared/access/scopes.ts";
import { type ExchangePorts, fittingRule } from "#shared/access/token-exchange.ts";
import { newMachineSecret, readMachineSecret } from "#shared/identity/machine-secret.ts";
import type { TrustRule } from "#shared/identity/trust-rule.ts";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { newExchangedSecret } from "#shared/store/machine-tokens.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import type { AsTenant } from "./tenant-ports.ts";
import type { TenantEnv } from "./tenant-request.ts";
import type { TenantApi } from "./tenant-route.ts";

const grantType = "urn:ietf:params:oauth:grant-type:token-exchange";
const accessToken = "urn:ietf:params:oauth:token-type:access_token";
const subjectTokenTypes = ["jwt", "id_token", "access_token"].map((type) => `urn:ietf:params:oauth:token-type:${type}`);

const Granted = z
  .strictObject({
    access_token: z.string(),
    issued_token_type: z.literal(accessToken),
    token_type: z.literal("Bearer"),
    expires_in: z.int().meta({ description: "Seconds." }),
    scope: z.string(),
  })
  .meta({ id: "ExchangedToken" });

/** RFC 6749 section 5.2, RFC 8693 section 2.2.2. */
const Refused = z
  .strictObject({
    error: z.enum(["invalid_request", "unsupported_grant_type", "invalid_scope", "invalid_target"]),
    error_description: z.string(),
  })
  .meta({ id: "TokenError" });
type Refused = z.infer<typeof Refused>;

interface Settings extends ExchangePorts {
  readonly asTenant: AsTenant;
  readonly random: Random;
  /** Told of requests for a tenant whose tokens were not accepted. */
  readonly turnedAway: (tenant: string, request: string) => void;
}

export function tokenExchangeRoute(api: TenantApi, settings: Settings): void {
  api.declare(
    {
      ...{ method: "post", path: "/v1/token", group: "Access", permission: "open" },
      summary: "Exchange another provider's token for one of this API",
      description: `A form (RFC 8693): \`grant_type=${grantType}\`, \`subject_token\`, \`subject_token_type\` (${subjectTokenTypes.join(", ")}), \`audience\` with the tenant's name or \`resource\` with the address of the tenant in this API, and \`scope\` with permissions, or none for all that the trust rule gives. A token is exchanged once.`,
      textBody: ["application/x-www-form-urlencoded"],
      bodyAtMost: 20_000,
      answers: {
        200: { description: "The token.", json: Granted },
        400: { description: "Why there is none, as OAuth says it.", json: Refused },
      },
      failures: ["unavailable"],
    },
    async (c) => {
      const request = readForm(c.req.header("content-type"), c.var.body);
      if ("error" in request) return c.json(request, 400);
      const fitting = await fittingRule(settings, request);
      if (!fitting) {
        settings.turnedAway(request.tenant, c.var.request);
        return c.json(notAccepted, 400);
      }
      const { table } = await settings.asTenant(request.tenant);
      const scope = scopeOfExchange(request.tenant, table);
      if (!fitting.isFirst) {
        await scope.table.write(event(c, scope, fitting.rule, "token.replayed"));
        return c.json(notAccepted, 400);
      }
      return c.json(await grant(c, scope, fitting.rule, request.scopes));
    },
  );

  async function grant(
    c: Context<TenantEnv>,
    scope: TenantScope,
    rule: TrustRule,
    wanted: readonly Permission[],
  ): Promise<z.infer<typeof Granted>> {
    const secret = newMachineSecret(scope.tenant, settings.random);
    const { digest = "" } = readMachineSecret(secret) ?? {};
    const token = newIdentifier(settings.random);
    const scopes = wanted.length > 0 ? [...wanted] : rule.scopes;
    const endsAt = new Date(settings.now().getTime() + rule.lifetime * 1000).toISOString();
    await scope.table.transact([
      newExchangedSecret(scope, digest, { token, scopes, endsAt, rule: rule.id }),
      event(c, scope, rule, "token.exchanged", token),
    ]);
    return {
      access_token: secret,
      issued_token_type: accessToken,
      token_type: "Bearer",
      expires_in: rule.lifetime,
      scope: scopes.join(" "),
    };
  }

  /** Nobody is known before the token is given: the rule is who does it. */
  function event(
    c: Context<TenantEnv>,
    scope: TenantScope,
    rule: TrustRule,
    action: "token.exchanged" | "token.replayed",
    token?: string,
  ) {
    const target = { rule: rule.id, ...(token === undefined ? {} : { token }) };
    const { request } = c.var;
    return auditWrite(
      scope,
      { at: settings.now(), actor: { member: rule.id }, action, target, request },
      settings.random,
    );
  }
}

/** One answer for a tenant that never was, a token that is not good or was used, and one that no rule takes. */
const notAccepted: Refused = {
  error: "invalid_request",
  error_description:
    "The subject token is not accepted: it is not valid now, no trust rule of this tenant takes it for these scopes, or it was exchanged before.",
};

interface ExchangeForm {
  readonly tenant: TenantId;
  readonly token: string;
  readonly scopes: readonly Permission[];
}

/** RFC 8693 section 2.1. What is not known is left alone (RFC 6749 section 3.2), what comes twice is refused. */
function readForm(mediaType: string | undefined, body: string): ExchangeForm | Refused {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(mediaType ?? ""))
    return refused("invalid_request", "Send the parameters as application/x-www-form-urlencoded.");
  const form = new URLSearchParams(body);
  const twice = [...new Set(form.keys())].filter((name) => form.getAll(name).length > 1);
  if (twice.length > 0) return refused("invalid_request", "A parameter is given twice.");
  if (form.get("grant_type") !== grantType)
    return refused("unsupported_grant_type", `Only ${grantType} is granted here.`);
  if (form.has("actor_token"))
    return refused("invalid_request", "Nobody acts for another here: leave actor_token out.");
  if (!subjectTokenTypes.includes(form.get("subject_token_type") ?? ""))
    return refused("invalid_request", `subject_token_type is one of ${subjectTokenTypes.join(", ")}.`);
  if ((form.get("requested_token_type") ?? accessToken) !== accessToken)
    return refused("invalid_request", `Only ${accessToken} is given here.`);
  const token = form.get("subject_token") ?? "";
  if (token === "") return refused("invalid_request", "subject_token is missing.");
  const tenant = tenantOf(form.get("audience"), form.get("resource"));
  if (!tenant)
    return refused(
      "invalid_target",
      "Name one tenant: its name as audience, or its address in this API as resource, or both alike.",
    );
  const scopes = z.array(Scope).safeParse((form.get("scope") ?? "").split(" ").filter((scope) => scope !== ""));
  if (!scopes.success) return refused("invalid_scope", "scope holds what is no scope of machines.");
  return { tenant, token, scopes: [...new Set(scopes.data)] };
}

function tenantOf(audience: string | null, resource: string | null): TenantId | undefined {
  const named = resource === null ? audience : /^https?:\/\/[^/?#]+\/v1\/tenants\/([^/?#]+)\/?$/.exec(resource)?.[1];
  const tenant = TenantId.safeParse(named);
  return tenant.success && (audience === null || audience === tenant.data) ? tenant.data : undefined;
}

const refused = (error: Refused["error"], description: string): Refused => ({ error, error_description: description });
