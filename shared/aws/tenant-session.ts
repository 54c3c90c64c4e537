import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type Connection, type Credentials, clientOptions } from "#shared/aws/connection.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";

const sessionSeconds = 900;
/** A session is left this long before it ends. */
const margin = 120_000;

/**
 * Credentials of the tenant's role, tagged with the tenant: whatever the code asks for, they reach this tenant's data alone.
 * Kept until shortly before they end.
 */
export function tenantSessions(
  connection: Connection & { readonly roleArn: string },
  now: () => Date,
): (tenant: TenantId) => Promise<Credentials> {
  const client = new STSClient(clientOptions(connection));
  const sessions = new Map<TenantId, { readonly until: number; readonly credentials: Promise<Credentials> }>();

  async function assume(tenant: TenantId): Promise<Credentials> {
    const { Credentials: given } = await client.send(
      new AssumeRoleCommand({
        RoleArn: connection.roleArn,
        RoleSessionName: `tenant-${tenant}`,
        DurationSeconds: sessionSeconds,
        Tags: [{ Key: "tenant", Value: tenant }],
      }),
    );
    if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken) {
      throw new Error("STS answered without credentials.");
    }
    return { accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey, sessionToken: given.SessionToken };
  }

  return (tenant) => {
    const known = sessions.get(tenant);
    if (known && known.until > now().getTime()) return known.credentials;
    const credentials = assume(tenant);
    sessions.set(tenant, { until: now().getTime() + sessionSeconds * 1000 - margin, credentials });
    credentials.catch(() => sessions.delete(tenant));
    return credentials;
  };
}
