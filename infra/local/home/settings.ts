import { resolve } from "node:path";
import * as z from "zod";
import { StartFailure } from "#infra/local/start-failure.ts";
import { offsetOf } from "./clock.ts";

const checkout = resolve(import.meta.dirname, "../../..");

/** An empty variable counts as one that is not set. */
const unset = (value: unknown): unknown => (value === "" ? undefined : value);
const port = (fallback: number) =>
  z.preprocess(
    unset,
    z
      .string()
      .regex(/^\d{1,5}$/, "write a port number from 0 to 65535; 0 picks a free one")
      .transform(Number)
      .refine((number) => number <= 65_535, "write a port number from 0 to 65535; 0 picks a free one")
      .default(fallback),
  );

const variables = z.object({
  CANDOR_HOME: z.preprocess(
    unset,
    z
      .string()
      .default(".candor")
      .transform((path) => resolve(checkout, path)),
  ),
  CANDOR_PORT: port(8080),
  CANDOR_SMTP_PORT: port(2525),
  CANDOR_SEED: z.preprocess(
    unset,
    z
      .enum(["demo", "none"], "write demo to load the demo tenants into a new home, none to leave it empty")
      .default("demo"),
  ),
  CANDOR_DYNAMODB_ENDPOINT: z.preprocess(
    unset,
    z.url({ protocol: /^https?$/, error: "write the endpoint as http://127.0.0.1:8000" }).optional(),
  ),
  CANDOR_NOW_OFFSET: z.preprocess(unset, z.string().optional()),
  CANDOR_DOOR_WORKERS: z.preprocess(
    unset,
    z
      .string()
      .regex(/^([1-9]|1[0-6])$/, "write how many copies of a door may run at once, 1 to 16")
      .transform(Number)
      .default(2),
  ),
});

/** What the environment of `npm start` says. */
export interface Settings {
  readonly home: string;
  readonly httpPort: number;
  readonly smtpPort: number;
  readonly seed: "demo" | "none";
  readonly dynamodbEndpoint?: string;
  readonly clockOffsetMs: number;
  readonly doorWorkers: number;
}

/** Reads the `CANDOR_` variables. Throws `StartFailure` naming each that is wrong. A relative home counts from the checkout. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>, start: Date): Settings {
  const parsed = variables.safeParse(environment);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new StartFailure(`These variables can't be used. ${faults.join(". ")}.`);
  }
  const { data } = parsed;
  const clockOffsetMs = offsetOf(data.CANDOR_NOW_OFFSET ?? "PT0S", start);
  if (clockOffsetMs === undefined) {
    throw new StartFailure("CANDOR_NOW_OFFSET is not a duration. Write it as ISO 8601 does: P90D, PT36H or P1Y.");
  }
  return {
    home: data.CANDOR_HOME,
    httpPort: data.CANDOR_PORT,
    smtpPort: data.CANDOR_SMTP_PORT,
    seed: data.CANDOR_SEED,
    ...(data.CANDOR_DYNAMODB_ENDPOINT === undefined ? {} : { dynamodbEndpoint: data.CANDOR_DYNAMODB_ENDPOINT }),
    clockOffsetMs,
    doorWorkers: data.CANDOR_DOOR_WORKERS,
  };
}
