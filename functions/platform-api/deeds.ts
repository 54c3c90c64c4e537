/** What an operator does, recorded in the log of the tenant that it is done to. */
import { Failure } from "#shared/failure.ts";
import type { Random } from "#shared/report/identifier.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { GuardFailed } from "#shared/store/table.ts";
import type { OperatorVariables } from "./operator-request.ts";

interface Doing {
  /** What audit logs call whoever asks. */
  readonly operator: string;
  readonly request: string;
  /** The note that the request was carried out, once there is one. */
  readonly mark: () => OperatorVariables["mark"];
  readonly now: () => Date;
  readonly random: Random;
}

export function recordDeeds({ operator, request, mark, now, random }: Doing): OperatorVariables["commit"] {
  return async (scope, writes, { action, target }) => {
    const event = auditWrite(scope, { at: now(), actor: { operator }, action, target, request }, random);
    const note = mark();
    try {
      await scope.table.transact([...writes, event, ...(note ? [note] : [])]);
    } catch (error) {
      if (error instanceof GuardFailed && error.positions.includes(writes.length + 1))
        throw new Failure("in-progress", "Another attempt at this request has taken over. Ask again.", {
          retryAfter: 5,
        });
      throw error;
    }
  };
}
