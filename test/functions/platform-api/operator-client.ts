import { randomBytes } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { platformApi } from "#test/stage/doors.ts";
import { type Issuer, startIssuer } from "#test/stage/issuer.ts";
import type { Stage } from "#test/stage/stage.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly etag: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer's JSON is for the test to check.
  readonly body: any;
}

interface Asking {
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly key?: string;
  /** Instead of an operator's. */
  readonly authorization?: string | undefined;
}

export interface OperatorClient {
  readonly issuer: Issuer;
  readonly errors: unknown[];
  /** `GET /v1/tenants` and so on. */
  ask(request: string, asking?: Asking): Promise<Answer>;
}

/** The operators' API of a stage, asked by the operator `ops-1`. */
export function useOperator(stage: Stage): OperatorClient {
  let issuer: Issuer | undefined;
  let app: ReturnType<typeof platformApi> | undefined;
  const errors: unknown[] = [];
  beforeAll(async () => {
    issuer = await startIssuer(stage.clock);
    app = platformApi(stage, issuer.rules(), errors);
  });
  afterAll(() => issuer?.close());
  const up = () => {
    if (!issuer || !app) throw new Error("The API is up in tests and hooks only.");
    return { issuer, app };
  };
  return {
    get issuer() {
      return up().issuer;
    },
    errors,
    async ask(request, asking = {}) {
      const [method = "GET", path = "/"] = request.split(" ");
      const { body, ifMatch, key } = asking;
      const authorization =
        "authorization" in asking
          ? asking.authorization
          : `Bearer ${await up().issuer.token("ops-1", { groups: ["platform"] })}`;
      const answer = await up().app.request(path, {
        method,
        headers: {
          ...(authorization === undefined ? {} : { authorization }),
          ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
        ...(body === undefined || method === "GET" ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        headers: answer.headers,
        etag: answer.headers.get("etag") ?? "",
        body: text === "" ? undefined : JSON.parse(text),
      };
    },
  };
}

/** What creates a tenant that nobody else has. */
export function creation(change: Record<string, unknown> = {}) {
  const slug = `p${randomBytes(5).toString("hex")}`;
  return {
    slug,
    name: "Merlin Works",
    about: "Merlin Works makes altimeters.",
    contacts: [`security@${slug}.example`],
    timeZone: "Europe/Vienna",
    nextSteps: ["Two people look at the report."],
    owner: { subject: `${slug}-owner` },
    ...change,
  };
}
