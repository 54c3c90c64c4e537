/** An API whose every answer is compared with what it declares: a document that says something else fails the test at hand. */
import type { Api, ApiVariables } from "#shared/http/api.ts";
import { failuresOf } from "#shared/http/openapi.ts";
import type { Operation } from "#shared/http/operation.ts";
import { Problem, problems } from "#shared/http/problem.ts";

export interface CheckedApi {
  readonly operations: readonly Operation[];
  /** What the router answers, whether it was declared or not: `get /v1/tenants/{tenant}/keys`. */
  readonly routes: readonly string[];
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
}

export function checkedApi<E extends { Variables: ApiVariables }>({ app, operations }: Api<E>): CheckedApi {
  return {
    operations,
    routes: app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`),
    async request(path, init) {
      const answer = await app.request(path, init);
      await check(operations, path, init?.method ?? "GET", answer);
      return answer;
    },
  };
}

async function check(operations: readonly Operation[], path: string, method: string, answer: Response): Promise<void> {
  const where = `${method} ${path} answered ${String(answer.status)}`;
  const operation = operationOf(operations, path, method);
  if (answer.headers.get("content-type") === "application/problem+json") {
    if (method !== "HEAD") Problem.parse(await answer.clone().json());
    const codes = operation ? failuresOf(operation) : [];
    const declared: number[] = codes.map((code) => problems[code].status);
    // Whoever does not get as far as the operation gets the frame's own refusals.
    if (![500, 401, 404, 405, ...declared].includes(answer.status)) throw new Error(`${where}, which is not declared.`);
    return;
  }
  const declared = operation?.answers[answer.status];
  if (!declared) throw new Error(`${where}, which is not declared.`);
  if (!declared.json || method === "HEAD") return;
  const parsed = declared.json.safeParse(await answer.clone().json());
  if (!parsed.success) throw new Error(`${where} with what is not declared: ${parsed.error.message}`);
}

function operationOf(operations: readonly Operation[], path: string, method: string): Operation | undefined {
  const { pathname } = new URL(path, "http://localhost");
  const wanted = method === "HEAD" ? "get" : method.toLowerCase();
  return operations.find(
    (operation) =>
      operation.method === wanted && new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
  );
}
