import { Failure } from "#shared/failure.ts";
import { GuardFailed } from "#shared/store/table.ts";

/** For `.catch` of a commit: what a guard that did not hold means to whoever asked. @throws Failure `conflict` */
export const asConflict =
  (message: string) =>
  (error: unknown): never => {
    throw error instanceof GuardFailed ? new Failure("conflict", message, { cause: error }) : error;
  };
