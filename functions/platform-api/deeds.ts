/** What an operator does, recorded in the log of the tenant that it is done to. */
import type { Random } from "#shared/report/identifier.ts";
import { auditWrite } from "#shared/store/audit.ts";
import type { OperatorVariables } from "./operator-request.ts";

interface Doing {
  /** What audit logs call whoever asks. */
  readonly operator: string;
  readonly request: string;
  readonly now: () => Date;
  readonly random: Random;
}

export function recordDeeds({ operator, request, now, random }: Doing): OperatorVariables["commit"] {
  return async (scope, writes, { action, target }) => {
    const event = auditWrite(scope, { at: now(), actor: { operator }, action, target, request }, random);
    await scope.table.transact([...writes, event]);
  };
}
