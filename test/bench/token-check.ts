/** What it costs to tell who asks, in microseconds: the keys at hand, as they are for every request but the first. */
import { randomBytes } from "node:crypto";
import { createLocalJWKSet } from "jose";
import { readToken } from "#shared/access/signed-token.ts";
import { newMachineSecret, readMachineSecret } from "#shared/identity/machine-secret.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { audience, issuer, startSigning } from "#test/shared/access/signing-issuer.ts";
import { medianOf, type Outcome, spreadOf } from "./outcome.ts";

const now = new Date();
const batch = 200;

export async function benchTokenCheck(quick: boolean): Promise<Outcome[]> {
  const signing = await startSigning();
  const findKey = createLocalJWKSet(signing.jwks);
  const outcomes: Outcome[] = [];
  for (const algorithm of ["ES256", "RS256"] as const) {
    const token = await signing.token(now, { algorithm });
    const check = () => readToken(token, { issuer, audiences: [audience], findKey }, now);
    if (!(await check())) throw new Error(`The token of ${algorithm} is refused.`);
    outcomes.push(outcomeOf(`an access token, ${algorithm}`, await microseconds(check, quick)));
  }
  const secret = newMachineSecret(TenantId.parse("bench"), randomBytes);
  outcomes.push(
    outcomeOf(
      "a machine token, its look-up left out",
      await microseconds(() => Promise.resolve(readMachineSecret(secret)), quick),
    ),
  );
  return outcomes;
}

/** Microseconds of each batch, one check after another. */
async function microseconds(check: () => Promise<unknown>, quick: boolean): Promise<number[]> {
  const values: number[] = [];
  for (let n = 0; n < (quick ? 10 : 40); n++) {
    const began = performance.now();
    for (let m = 0; m < batch; m++) await check();
    values.push(((performance.now() - began) * 1_000) / batch);
  }
  // The first is still being compiled.
  return values.slice(1);
}

const outcomeOf = (what: string, values: readonly number[]): Outcome => ({
  ...{ bench: "token-check", unit: "µs", cpu: "" },
  goal: `${what}, for information`,
  measured: spreadOf([...values]),
  context: `${(1_000 / medianOf([...values])).toFixed(1)} a millisecond, one after another`,
});
