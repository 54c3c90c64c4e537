/**
 * Loads the demo tenants, each with one member for each role and its posture, and asks for the first release of each: the doors publish
 * it as they do every other. What is there already is left as it is.
 */
import { randomBytes } from "node:crypto";
import { demoContents } from "#infra/local/demo/contents.ts";
import { demoTenants } from "#infra/local/demo/tenants.ts";
import { scopeOfNewTenant } from "#shared/access/scope.ts";
import { connectTable } from "#shared/aws/table.ts";
import { kindNames } from "#shared/posture/kind-names.ts";
import { type ItemOf, kinds } from "#shared/posture/kinds.ts";
import { type Edit, editDraft, mostEdits, readDraft } from "#shared/store/drafts.ts";
import type { Role } from "#shared/store/members.ts";
import { newPublication } from "#shared/store/publications.ts";
import { GuardFailed, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { newTenant } from "#shared/store/tenants.ts";

/** What the demo data needs of the host. */
export interface SeedContext {
  readonly region: string;
  /** The table itself, not the gate in front of it. */
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly tableName: string;
  /** Issuer of the logins `<tenant>-<role>`. */
  readonly issuer: string;
  readonly now: Date;
}

const roles: readonly Role[] = ["owner", "operator", "viewer"];

export async function seedDemo({ issuer, now, ...connection }: SeedContext): Promise<void> {
  const table = connectTable(connection, Math.random);
  for (const profile of demoTenants) {
    const scope = scopeOfNewTenant(table, profile.slug);
    const members = roles.map((role) => ({ issuer, subject: `${profile.slug}-${role}`, role }));
    await unlessThere(() => table.transact(newTenant(scope, profile, members, randomBytes)));
    await seedContent(scope, now);
    await unlessThere(() => table.write(firstRelease(scope, now)));
  }
}

/** A batch that is there fails as a whole, so that a seeding which was cut off is finished by the next. */
async function seedContent(scope: TenantScope, now: Date): Promise<void> {
  const content = demoContents[scope.tenant] ?? {};
  const edits = kindNames.flatMap((kind) =>
    (content[kind] ?? []).map((input): Edit => ({ kind, after: kinds[kind].parse(input) as ItemOf<typeof kind> })),
  );
  const batches = Math.ceil(edits.length / mostEdits);
  if ((await readDraft(scope)).changes >= batches) return;
  const change = { at: now, by: "demo" };
  for (let at = 0; at < edits.length; at += mostEdits) {
    const writes = await editDraft(scope, edits.slice(at, at + mostEdits), change);
    await unlessThere(() => scope.table.transact(writes));
  }
}

/** The same request however often it is made. */
function firstRelease(scope: TenantScope, now: Date): Write {
  const at = now.toISOString();
  const id = "first".padEnd(26, "a");
  return newPublication(scope, { id, work: { kind: "publish" }, by: "demo", at, createdAt: at, state: "waiting" });
}

async function unlessThere(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
  }
}
