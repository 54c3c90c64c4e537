import * as z from "zod";
import { roleArns } from "#infra/local/stand-ins.ts";
import { scopeOfWork } from "#shared/access/scope.ts";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectTable } from "#shared/aws/table.ts";
import { tenantSessions } from "#shared/aws/tenant-session.ts";
import { connectUnwrapper } from "#shared/aws/vault.ts";
import { Bytes } from "#shared/bytes.ts";
import { rawLabel } from "#shared/report/message.ts";
import { contentKey, openMessageKey } from "#shared/sealing/sealed-object.ts";
import { decryptBytes } from "#shared/sealing/stream.ts";
import { purposeBinding, purposeContext, readSealingKey } from "#shared/store/sealing-keys.ts";
import type { Item } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { bucketNames, region, type Stage, tableName } from "./stage.ts";

const Quarantined = z.object({ id: z.string(), object: z.string(), sealedKey: Bytes, reason: z.string() });

/** What staff of a tenant can reach: everything by a session of the tenant's role. */
async function staffPorts(stage: Stage, { tenant }: TenantScope) {
  const connection = { region, endpoint: stage.endpoints.sts, credentials: stage.credentialsOf("admin-api") };
  const session = tenantSessions({ ...connection, roleArn: roleArns["admin-api-tenant"] }, () => stage.clock.now());
  const credentials = await session(tenant);
  const as = (service: keyof Stage["endpoints"]) => ({ region, endpoint: stage.endpoints[service], credentials });
  return {
    scope: scopeOfWork(connectTable({ ...as("dynamodb"), tableName }, Math.random), tenant),
    objects: connectObjects(as("s3")),
    unwrapper: connectUnwrapper({ ...as("kms"), platformKey: stage.keys.sealing }),
  };
}

/** Opens a quarantined mail as staff would. */
export async function openQuarantined(stage: Stage, tenant: TenantScope, item: Item | undefined): Promise<Buffer> {
  const { id, object, sealedKey } = Quarantined.parse(item);
  const { scope, objects, unwrapper } = await staffPorts(stage, tenant);
  const stored = await readSealingKey(scope, "quarantine");
  if (!stored) throw new Error("The tenant has no quarantine key.");
  const privateKey = await unwrapper.unwrap(stored, purposeContext(scope, "quarantine"));
  const binding = purposeBinding(scope, "quarantine", id);
  const messageKey = await openMessageKey({ suite: stored.suite, privateKey }, binding, sealedKey);
  const sealed = await objects.read(bucketNames.sealed, object);
  if (!sealed) throw new Error("The sealed mail is missing.");
  return decryptBytes(contentKey(messageKey, rawLabel(id)), binding, sealed);
}
