/** What a kind of job is to the door: a function that does one step. */
import type { Facts, Job, Progress } from "#shared/job/job.ts";
import type { Random } from "#shared/report/identifier.ts";
import type { Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { TenantPorts } from "./tenant-ports.ts";

export interface StepContext {
  /** Over the tenant's own credentials. */
  readonly scope: TenantScope;
  readonly ports: TenantPorts;
  readonly job: Job;
  readonly now: Date;
  readonly random: Random;
  /** The invocation, for the audit. */
  readonly request: string;
}

/** How a step ended. */
export type Outcome =
  /** There is more to do, from `cursor` on. */
  | { readonly next: "step"; readonly cursor: string; readonly progress: Progress }
  /** Nothing can be done before this instant. */
  | { readonly next: "wait"; readonly until: Date }
  /** All is done. `writes` happen together with the job's end, or neither does: at most 90. */
  | {
      readonly next: "end";
      readonly progress: Progress;
      readonly result?: Facts;
      readonly writes?: readonly Write[];
    };

/**
 * Does one step, in some seconds. It may be done again, also after it was done; two at once do no harm.
 * @throws Failure (but `unavailable`) where the job can never be done; any other error where it may be later
 */
export type Step = (context: StepContext) => Promise<Outcome>;
