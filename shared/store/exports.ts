/** Where the parts of an export are. The bucket forgets them: a part is there for a day, and no longer. */
import * as z from "zod";
import type { TenantScope } from "./tenant-scope.ts";

export const ExportedPart = z.strictObject({
  /** From 1. */
  n: z.int().min(1),
  object: z.string(),
  bytes: z.int().min(1),
  /** In hexadecimal, of the part as it is downloaded. */
  sha256: z.string(),
});
export type ExportedPart = z.infer<typeof ExportedPart>;

/** How long after its end an export can be downloaded. */
export const exportKeptMs = 24 * 3_600_000;

export const exportsObject = ({ tenant }: TenantScope, job: string, name: string): string => `${tenant}/${job}/${name}`;
