/**
 * The secret of a machine token, as its owner holds it: `candor_<tenant>_` + 43 digits of 256 random bits + 6 digits of a
 * CRC-32 over everything before. Secret scanners know it by the prefix, and the checksum spares them what only looks like one.
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Random } from "#shared/report/identifier.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { base62 } from "./base62.ts";

const secretLength = 43;
const checksumLength = 6;
const pattern = /^(candor_([a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)_[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

export interface MachineSecret {
  /** In the secret itself, so that no look-up crosses tenants. */
  readonly tenant: TenantId;
  /** SHA-256 of the whole secret, in hex: all that is stored of it, and what it is looked up by. No secret is ever compared. */
  readonly digest: string;
}

/** A new secret of a tenant. */
export function newMachineSecret(tenant: TenantId, random: Random): string {
  const value = BigInt(`0x${Buffer.from(random(32)).toString("hex")}`);
  const head = `candor_${tenant}_${base62(value, secretLength)}`;
  return `${head}${checksumOf(head)}`;
}

/** Whether a credential claims to be a machine token. */
export const isMachineSecret = (text: string): boolean => text.startsWith("candor_");

/** Reads a secret; `undefined` for what can't be one, which is told without asking anybody. */
export function readMachineSecret(text: string): MachineSecret | undefined {
  const [, head = "", slug, checksum] = pattern.exec(text) ?? [];
  const tenant = TenantId.safeParse(slug);
  if (!tenant.success || checksum !== checksumOf(head)) return undefined;
  return { tenant: tenant.data, digest: createHash("sha256").update(text).digest("hex") };
}

const checksumOf = (head: string): string => base62(BigInt(crc32(head)), checksumLength);
