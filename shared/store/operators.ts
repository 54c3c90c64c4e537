import { Bytes } from "#shared/bytes.ts";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";
import { partitions, sorts } from "./keys.ts";
import type { Subject } from "./members.ts";
import { GuardFailed, type Table } from "./table.ts";

/**
 * The opaque name by which audit logs call an operator of the service, made when it is first asked for. It says nobody's name, and
 * erasing the item erases whose it was.
 */
export async function operatorName(table: Table, who: Subject, random: Random): Promise<string> {
  const key = { pk: partitions.operators(), sk: sorts.operator(who.issuer, who.subject) };
  const known = await table.get(key);
  if (known) return String(known["operator"]);
  const operator = newIdentifier(random);
  try {
    await table.write({ put: { ...key, ...who, operator }, guard: "absent" });
    return operator;
  } catch (error) {
    // Another request of the same person was quicker.
    if (error instanceof GuardFailed) return operatorName(table, who, random);
    throw error;
  }
}

/**
 * 256 bits that the operators' API keeps cursors and stored answers under, made when they are first needed. It is no secret of a
 * tenant's, and opens nothing of one; so it is here and not in KMS, on which this API has no right.
 */
export async function operatorSecret(table: Table, random: Random): Promise<Uint8Array> {
  const key = { pk: partitions.operators(), sk: sorts.operatorSecret() };
  const known = await table.get(key);
  if (known) return Bytes.parse(known["secret"]);
  const secret = random(32);
  try {
    await table.write({ put: { ...key, secret }, guard: "absent" });
    return secret;
  } catch (error) {
    if (error instanceof GuardFailed) return operatorSecret(table, random);
    throw error;
  }
}
