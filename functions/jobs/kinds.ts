import type { JobKind } from "#shared/job/job.ts";
import { erasure } from "./erasure.ts";
import { exportTenant } from "./export.ts";
import { keyRotation } from "./key-rotation.ts";
import { rewrap } from "./rewrap.ts";
import type { Step } from "./step.ts";

/** Every kind of job, and what does a step of it. */
export const stepOf: Readonly<Record<JobKind, Step>> = {
  rewrap,
  "key-rotation": keyRotation,
  export: exportTenant,
  erasure,
};
