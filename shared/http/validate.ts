/** Reading what a client sends: one place where a body becomes a value, or a problem with a pointer to each fault. */
import type { HonoRequest } from "hono";
import * as z from "zod";
import { Failure, type Fault } from "#shared/failure.ts";

/** What Lambda takes in one request, the base64 of binary bodies counted. */
const bodyAtMost = 6 * 1024 * 1024;
const mostFaults = 20;

/** The JSON body of a request. @throws Failure `too-large`, `invalid-request` for what is no JSON, `invalid` with pointers */
export async function readJson<Schema extends z.ZodType>(
  request: HonoRequest,
  schema: Schema,
  options: { readonly emptyIs?: unknown } = {},
): Promise<z.output<Schema>> {
  const text = await readText(request);
  return parseInput(schema, text === "" && "emptyIs" in options ? options.emptyIs : parseJson(text));
}

/** A value as the schema wants it. @throws Failure `invalid` with a pointer to each fault */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap(faultsOf).slice(0, mostFaults);
  throw new Failure("invalid", "What was sent is not as this operation takes it. Correct what errors names.", {
    faults,
  });
}

async function readText(request: HonoRequest): Promise<string> {
  if (Number(request.header("content-length") ?? 0) > bodyAtMost) throw tooLarge();
  // The length that a client states is its own claim: count what comes.
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.raw.body ?? []) {
    length += piece.length;
    if (length > bodyAtMost) throw tooLarge();
    pieces.push(piece);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    throw notJson();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The cause is left out: a parser's message quotes what was sent.
    throw notJson();
  }
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
const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

const tooLarge = (): Failure =>
  new Failure("too-large", "A body has at most 6 MiB. Send less at a time, or encrypt under a data key where you are.");
const notJson = (): Failure => new Failure("invalid-request", "The body is not JSON in UTF-8.");

/** Bytes as base64 with padding (RFC 4648 section 4), in the one form there is of them: no line ends, no stray bits. */
export const Base64 = z.string().transform((text, context) => {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") === text) return bytes;
  context.addIssue({ code: "custom", message: "must be base64 with padding, in one line (RFC 4648 section 4)" });
  return z.NEVER;
});
