/** The OpenAPI 3.1 document of an API, from what its operations are declared with. */
import * as z from "zod";
import type { FailureCode } from "#shared/failure.ts";
import type { Answer, Operation } from "./operation.ts";
import { Problem, problems } from "./problem.ts";

type Json = { readonly [name: string]: unknown };

export interface Described {
  readonly title: string;
  readonly description: string;
}

/** @throws Error where one name stands for two schemas, or a schema can't be written down */
export function openApiDocument({ title, description }: Described, operations: readonly Operation[]): Json {
  const schemas = new Map<string, Json>();
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    path[operation.method] = operationObject(operation, schemas);
    paths[operation.path] = path;
  }
  const problem = schemaObject(Problem, "output", schemas);
  return {
    openapi: "3.1.0",
    info: { title, description, version: "1", license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    tags: [...new Set(operations.map(({ group }) => group))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(schemas),
      responses: problemResponses(operations, problem),
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "An access token of the tenant's OpenID provider, or a machine token.",
        },
      },
    },
  };
}

function operationObject(operation: Operation, schemas: Map<string, Json>): Json {
  const { permission, summary, group, description, failures: _, answers } = operation;
  const isOpen = permission === "open";
  return {
    operationId: operationId(operation),
    tags: [group],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(isOpen ? { security: [] } : { security: [{ bearer: [] }] }),
    ...(isOpen || permission === "known" ? {} : { "x-permission": permission }),
    ...listed("parameters", parametersOf(operation, schemas)),
    ...bodyOf(operation, schemas),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, responseObject(answer, schemas)]),
      ),
      ...Object.fromEntries(
        statusesOf(failuresOf(operation)).map((status) => [
          status,
          { $ref: `#/components/responses/Problem${String(status)}` },
        ]),
      ),
    },
  };
}

/** `GET /v1/tenants/{tenant}/keys/{key}` is `get-tenants-tenant-keys-key`. */
function operationId({ method, path }: Operation): string {
  const words = path.split(/[^A-Za-z0-9-]+/).filter((word) => word !== "" && word !== "v1");
  return [method, ...words].join("-");
}

function parametersOf(operation: Operation, schemas: Map<string, Json>): Json[] {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: schemaObject(operation.params?.shape[name] ?? z.string(), "input", schemas),
  }));
  const header = (name: string, required: boolean, description: string) => ({
    ...{ name, in: "header", required, description, schema: { type: "string" } },
  });
  return [
    ...inPath,
    ...queryParameters(operation, schemas),
    ...(operation.idempotencyKey
      ? [header("Idempotency-Key", false, "A random text of your own: the same request under it is carried out once.")]
      : []),
    ...(operation.ifMatch
      ? [header("If-Match", operation.ifMatch === "required", "The ETag of the state that you change.")]
      : []),
  ];
}

function queryParameters({ query }: Operation, schemas: Map<string, Json>): Json[] {
  if (!query) return [];
  const { properties = {}, required = [] } = schemaObject(query, "input", schemas) as {
    properties?: Readonly<Record<string, Json>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: "query", required: required.includes(name), schema },
    ...(description === undefined ? {} : { description }),
  }));
}

function bodyOf({ body, textBody, bodyMayBeAbsent }: Operation, schemas: Map<string, Json>): Json {
  const required = !bodyMayBeAbsent;
  if (textBody) {
    const content = Object.fromEntries(textBody.map((mediaType) => [mediaType, { schema: { type: "string" } }]));
    return { requestBody: { required, content } };
  }
  if (!body) return {};
  return {
    requestBody: { required, content: { "application/json": { schema: schemaObject(body, "input", schemas) } } },
  };
}

function responseObject({ description, json, mediaType, headers = {} }: Answer, schemas: Map<string, Json>): Json {
  const content = json
    ? { "application/json": { schema: schemaObject(json, "output", schemas) } }
    : mediaType && { [mediaType]: mediaType === "application/json" ? { schema: { type: "object" } } : {} };
  const named = Object.entries(headers).map(([name, about]) => [
    name,
    { description: about, schema: { type: "string" } },
  ]);
  return {
    description,
    ...(named.length > 0 ? { headers: Object.fromEntries(named) } : {}),
    ...(content ? { content } : {}),
  };
}

/** Every way in which an operation fails, each from how it is declared. */
export function failuresOf(operation: Operation): readonly FailureCode[] {
  const { permission, method, body, textBody, query, path, ifMatch, idempotencyKey, failures = [] } = operation;
  const takesBody = method !== "get" && (body !== undefined || textBody !== undefined);
  return [
    ...(permission === "open" ? [] : (["invalid-request", "unauthenticated", "rate-limited", "unavailable"] as const)),
    ...(permission === "open" || permission === "known" ? [] : (["forbidden"] as const)),
    ...(path.includes("{") ? (["not-found"] as const) : []),
    ...(takesBody ? (["invalid-request", "too-large", "invalid"] as const) : []),
    ...(query ? (["invalid"] as const) : []),
    ...(idempotencyKey ? (["key-reused", "in-progress", "carried-out"] as const) : []),
    ...(ifMatch ? (["stale"] as const) : []),
    ...(ifMatch === "required" ? (["precondition-required"] as const) : []),
    ...failures,
  ];
}

const statusesOf = (codes: readonly FailureCode[]): readonly number[] =>
  [...new Set(codes.map((code) => problems[code].status))].sort((a, b) => a - b);

function problemResponses(operations: readonly Operation[], schema: Json): Json {
  const statuses = statusesOf(operations.flatMap(failuresOf));
  return Object.fromEntries(
    statuses.map((status) => [
      `Problem${String(status)}`,
      { description: titlesOf(status), content: { "application/problem+json": { schema } } },
    ]),
  );
}

const titlesOf = (status: number): string =>
  [...new Set(Object.values(problems).flatMap((problem) => (problem.status === status ? [problem.title] : [])))].join(
    "; ",
  );

/** A schema as JSON Schema 2020-12. What has a name stands in the document once, and is pointed to. */
function schemaObject(schema: z.ZodType, io: "input" | "output", schemas: Map<string, Json>): Json {
  const {
    $schema: _,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, { io, reused: "inline" }) as Json & {
    $defs?: Readonly<Record<string, Json>>;
  };
  for (const [name, definition] of Object.entries($defs)) {
    const { id: __, ...rest } = pointed(definition) as Json;
    const before = schemas.get(name);
    if (before && JSON.stringify(before) !== JSON.stringify(rest))
      throw new Error(`The name ${name} stands for two schemas. Give one of them another id.`);
    schemas.set(name, rest);
  }
  return pointed(own) as Json;
}

/** References into the document instead of into a schema of its own. */
function pointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === "$ref" && typeof inner === "string"
        ? inner.replace("#/$defs/", "#/components/schemas/")
        : pointed(inner),
    ]),
  );
}

const listed = (name: string, items: readonly unknown[]): Json => (items.length > 0 ? { [name]: items } : {});
