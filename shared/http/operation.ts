/** An operation of an API, as it is declared. What stands here checks the requests, and is what the OpenAPI document says. */
import type { Context, Env } from "hono";
import type * as z from "zod";
import type { FailureCode } from "#shared/failure.ts";

type Method = "get" | "post" | "patch" | "delete";

/** What an operation answers with one status. */
export interface Answer {
  readonly description: string;
  /** The JSON that it answers. */
  readonly json?: z.ZodType;
  /** Another media type that it answers instead, as text or bytes. */
  readonly mediaType?: string;
  /** Headers worth naming, with what is in them. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Operation {
  readonly method: Method;
  /** As OpenAPI writes it: `/v1/tenants/{tenant}/keys/{key}`. */
  readonly path: string;
  /** The heading under which the reference has it. */
  readonly group: string;
  /** A short sentence without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** Of the parts of the path that are more than a text. What does not fit is answered like a thing that never was. */
  readonly params?: z.ZodObject;
  /** A strict object; every value in it comes as a text. */
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Where the body has several forms: which of them this one is to be, so that what is wrong is said of that one. */
  readonly bodyBy?: (given: unknown) => z.ZodType;
  /** Media types of a text that is taken instead of JSON, as it is, in `c.var.body`. */
  readonly textBody?: readonly string[];
  /** No body is as good as `{}`. */
  readonly bodyMayBeAbsent?: true;
  /** Bytes, 1 MiB where nothing is said. */
  readonly bodyAtMost?: number;
  readonly answers: Readonly<Record<number, Answer>>;
  /** How it fails, apart from what every operation of its kind does. */
  readonly failures?: readonly FailureCode[];
  /** What whoever asks must be allowed; `open` where nobody is asked who he is, `known` where that is enough. */
  readonly permission: string;
  /** The change is of one state of the thing alone: `If-Match` says which. */
  readonly ifMatch?: "required" | "optional";
  /** Takes `Idempotency-Key`. */
  readonly idempotencyKey?: true;
}

type Part<O, Name extends string, Target extends string> = O extends { readonly [_ in Name]: infer Schema }
  ? Schema extends z.ZodType
    ? { [_ in Target]: z.output<Schema> }
    : unknown
  : unknown;

/** What `c.req.valid` gives in the handler of an operation: `param`, `query` and `json`, as far as they are declared. */
interface ValidInput<O> {
  in: object;
  out: Part<O, "params", "param"> & Part<O, "query", "query"> & Part<O, "body", "json"> & object;
}

export type Handle<E extends Env, O> = (c: Context<E, string, ValidInput<O>>) => Response | Promise<Response>;
