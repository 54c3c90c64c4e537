/** Checking what a client sends: one place where a value becomes what a schema says, or a problem with a pointer to each fault. */
import * as z from "zod";
import { Failure, type Fault } from "#shared/failure.ts";

const mostFaults = 20;

/** A value as the schema wants it. @throws Failure `invalid` with a pointer to each fault */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, from?: "query"): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap(faultsOf), from);
}

export function invalid(faults: readonly Fault[], from?: "query"): Failure {
  const named = faults.slice(0, mostFaults).map((fault) => (from ? { ...fault, in: from } : fault));
  return new Failure("invalid", "What was sent is not as this operation takes it. Correct what errors names.", {
    faults: named,
  });
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const at = pointer(issue.path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((name) => ({
      pointer: `${at}${pointer([name])}`,
      detail: "is not known here: leave it out",
    }));
  return [{ pointer: at, detail: issue.message }];
}

/** RFC 6901. */
export const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** Bytes as base64 with padding (RFC 4648 section 4), in the one form there is of them: no line ends, no stray bits. */
export const Base64 = z
  .string()
  .transform((text, context) => {
    const bytes = Buffer.from(text, "base64");
    if (bytes.toString("base64") === text) return bytes;
    context.addIssue({ code: "custom", message: "must be base64 with padding, in one line (RFC 4648 section 4)" });
    return z.NEVER;
  })
  .meta({ description: "Bytes as base64 with padding, in one line (RFC 4648 section 4)." });
