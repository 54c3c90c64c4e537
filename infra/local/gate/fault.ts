import type { TableCall } from "./call.ts";
import { JsonError } from "./json-error.ts";
import type { Caller } from "./principals.ts";

/** A request that passed the rights, for a test to choose from. */
export interface TableRequest {
  readonly principal: Caller["principal"];
  /** `PutItem`, `TransactWriteItems` and so on. */
  readonly operation: string;
  /** One for each member of a transaction. */
  readonly calls: readonly TableCall[];
}

/** What goes wrong with a request: an answer after some time, or only the time. The table sees nothing of a request that fails. */
export interface Fault {
  readonly name?: "ProvisionedThroughputExceededException" | "TransactionCanceledException" | "InternalServerError";
  readonly delayMs?: number;
}

/** The error of a fault as DynamoDB words it: a cancelled transaction is one in conflict over its first member. */
export function errorOf(name: NonNullable<Fault["name"]>, { calls }: TableRequest): JsonError {
  switch (name) {
    case "ProvisionedThroughputExceededException":
      return new JsonError(name, "The level of configured provisioned throughput for the table was exceeded.");
    case "InternalServerError":
      return new JsonError(name, "Internal server error", 500);
    case "TransactionCanceledException": {
      const CancellationReasons = calls.map((_, position) =>
        position === 0
          ? { Code: "TransactionConflict", Message: "Transaction is ongoing for the item" }
          : { Code: "None" },
      );
      const codes = CancellationReasons.map(({ Code }) => Code).join(", ");
      const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
      return new JsonError(name, message, 400, { CancellationReasons });
    }
  }
}
