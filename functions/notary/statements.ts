/** What a tenant's host shows that has to be signed, or lists what signs: kept fresh, and signed anew only where it must be. */
import { scopeOfWork } from "#shared/access/scope.ts";
import { formatJwks } from "#shared/signing/jwks.ts";
import { signCertificate } from "#shared/signing/openpgp/certificate.ts";
import { signClearText } from "#shared/signing/openpgp/clear-text.ts";
import type { OpenPgpSigner } from "#shared/signing/openpgp/signature.ts";
import { formatPem } from "#shared/signing/public-key.ts";
import {
  nextUse,
  publishedKeys,
  type SigningKey,
  type SigningKeyVersion,
  versionInUse,
} from "#shared/signing/signing-key.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { readProfile } from "#shared/store/profiles.ts";
import { type PublishedBody, type PublishedName, publishBody, readPublished } from "#shared/store/published.ts";
import { nextRenewal, readCertificateOf, storeCertificate, tenantKey } from "#shared/store/signing-keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { TenantId, TenantProfile } from "#shared/tenant/tenant.ts";
import type { NotaryPorts } from "./ports.ts";
import { securityTxt } from "./security-txt.ts";
import type { KeyKeeper } from "./signing-keys.ts";

const day = 86_400_000;
/** How long security.txt holds, and how near its end it is signed anew. It says so soon when nobody looks after it any more. */
const holds = 30 * day;
const renewedBefore = 21 * day;

interface Statement {
  readonly scope: TenantScope;
  readonly profile: TenantProfile;
  readonly key: SigningKey;
  readonly inUse: SigningKeyVersion;
  readonly request: string;
  readonly now: Date;
}

/** Brings a tenant's statements up to date, and says when to look again. */
export type Renew = (tenant: TenantId, request: string, now: Date) => Promise<void>;

export function createStatements(ports: NotaryPorts, keys: KeyKeeper): Renew {
  return async function renew(tenant: TenantId, request: string, now: Date): Promise<void> {
    const scope = scopeOfWork(ports.table, tenant);
    const profile = await readProfile(scope);
    if (profile) {
      const platform = [await keys.ofPlatform("checkpoints", now), await keys.ofPlatform("receipts", now)] as const;
      await keys.rotateAsAsked(scope, request, now);
      const key = await keys.ofTenant(scope, request, now);
      const statement = { scope, profile, key, inUse: versionInUse(key, now), request, now };
      await showKeys(statement, platform);
      const signer = await openPgpSigner(statement);
      await showCertificate(statement, signer);
      await showSecurityTxt(statement, signer);
      await nextRenewal(scope, earliest(new Date(now.getTime() + day), nextUse(key, now)));
    } else await nextRenewal(scope, new Date(now.getTime() + day));
  };

  async function showKeys(statement: Statement, [checkpoints, receipts]: readonly [SigningKey, SigningKey]) {
    const { key, inUse } = statement;
    const set = formatJwks([
      ...publishedKeys(key, "statements"),
      ...publishedKeys(checkpoints, "checkpoints"),
      ...publishedKeys(receipts, "receipts"),
    ]);
    const [current] = publishedKeys({ ...key, versions: [inUse] }, "statements");
    await show(statement, "jwks.json", JSON.stringify(set));
    if (current) await show(statement, "candor.pub", formatPem(current.publicKey));
  }

  async function openPgpSigner({ inUse }: Statement): Promise<OpenPgpSigner> {
    const signer = await ports.signerOf(inUse);
    return { signer, key: { publicKey: signer.publicKey, createdAt: new Date(inUse.createdAt) } };
  }

  async function showCertificate(statement: Statement, signer: OpenPgpSigner): Promise<void> {
    const { scope, profile, inUse, now } = statement;
    const place = tenantKey(scope);
    const userId = userIdOf(profile, ports.mailDomain);
    const known = await readCertificateOf(place, inUse);
    const armored = known?.userId === userId ? known.armored : await signCertificate({ userId, at: now }, signer);
    if (armored !== known?.armored) await storeCertificate(place, inUse, { userId, armored });
    await show(statement, "openpgp-key.asc", armored);
  }

  async function showSecurityTxt(statement: Statement, signer: OpenPgpSigner): Promise<void> {
    const { scope, profile, inUse, now } = statement;
    const facts = { profile, siteDomain: ports.siteDomain, mailDomain: ports.mailDomain };
    const source = `${String(inUse.version)} ${securityTxt(facts, new Date(0))}`;
    const known = await readPublished(scope, "security.txt");
    const left = Date.parse(known?.expiresAt ?? now.toISOString()) - now.getTime();
    if (known?.source === source && left > renewedBefore && left <= holds) return;
    const expiresAt = new Date(Math.floor(now.getTime() / 1000) * 1000 + holds);
    const body = await signClearText(securityTxt(facts, expiresAt), now, signer);
    await publish(statement, "security.txt", { body, source, expiresAt: expiresAt.toISOString() });
  }

  /** Stores a body where it is another one than before. */
  async function show(statement: Statement, name: PublishedName, body: string): Promise<void> {
    const known = await readPublished(statement.scope, name);
    if (known?.body !== body) await publish(statement, name, { body });
  }

  function publish(
    { scope, key: { revision }, request, now }: Statement,
    name: PublishedName,
    body: Omit<PublishedBody, "revision">,
  ): Promise<void> {
    const target = { file: name, revision: String(revision) };
    const event = { at: now, actor: { door: "notary" }, action: "statement.shown", target, request } as const;
    return publishBody(scope, name, { ...body, revision }, auditWrite(scope, event, ports.random));
  }
}

/** A name and an address, without what would end either (RFC 9580 section 5.11). */
function userIdOf({ name, slug }: TenantProfile, mailDomain: string): string {
  return `${name.replaceAll(/[<>\p{Cc}]/gu, " ").trim()} <security@${slug}.${mailDomain}>`;
}

const earliest = (one: Date, other: Date | undefined): Date => (other !== undefined && other < one ? other : one);
