/** Gives a named key its next version when its period is over. The job's id names the moment, so that there is one for each. */
import * as z from "zod";
import { type Job, newJob } from "#shared/job/job.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { changedNamedKey, type DueRotation, readNamedKey } from "#shared/store/named-keys.ts";
import { isRotationDue, KeyOrigin, nextVersionNumber, sealingKeyName, withVersion } from "#shared/transit/key.ts";
import { makeVersion, type NewVersion } from "#shared/transit/new-version.ts";
import type { Outcome, StepContext } from "./step.ts";

const Input = z.strictObject({ key: z.string(), rotateAt: z.string() });
/** What was made in KMS, while the named key does not have it yet. */
const Made = z.strictObject({ origin: KeyOrigin, kmsKey: z.string(), spki: z.base64().optional() });

/** The one job for a rotation that is due. */
export function rotationJob({ name, rotateAt }: DueRotation, now: Date): Job {
  const id = `${rotateAt.replaceAll(/\D/g, "")}-rotation-${name}`;
  return newJob({ id, kind: "key-rotation", input: { key: name, rotateAt } }, now);
}

/** First makes the KMS key, which the record keeps from then on; then the version, with the event that tells of it. */
export async function keyRotation({ scope, ports, job, now, random, request }: StepContext): Promise<Outcome> {
  const { key: name } = Input.parse(job.input);
  const key = await readNamedKey(scope, name);
  // An owner was quicker, or took the period away.
  if (!key || !isRotationDue(key, now)) return { next: "end", progress: { done: 0, total: 1, failed: 0 } };
  const number = nextVersionNumber(key);
  if (job.cursor === undefined) {
    const origin = key.versions.at(-1)?.origin ?? "platform";
    const platformKey = name === sealingKeyName ? ports.sealingKey : ports.keys.platformKey;
    const wanted = { tenant: scope.tenant, name, purpose: key.purpose, origin, platformKey };
    const made = await makeVersion(ports.keys, wanted, number);
    return { next: "step", cursor: cursorOf(made), progress: { done: 0, total: 1, failed: 0 } };
  }
  const target = { key: name, version: String(number) };
  const event = { at: now, actor: { door: "jobs" }, action: "key.rotated", target, request } as const;
  return {
    next: "end",
    progress: { done: 1, total: 1, failed: 0 },
    result: { version: number },
    writes: [
      changedNamedKey(scope, key, withVersion(key, madeBefore(job.cursor), now)),
      auditWrite(scope, event, random),
    ],
  };
}

const cursorOf = ({ origin, kmsKey, spki }: NewVersion): string =>
  JSON.stringify({ origin, kmsKey, ...(spki && { spki: Buffer.from(spki).toString("base64") }) });

function madeBefore(cursor: string): NewVersion {
  const { spki, ...made } = Made.parse(JSON.parse(cursor));
  return { ...made, ...(spki !== undefined && { spki: Buffer.from(spki, "base64") }) };
}
