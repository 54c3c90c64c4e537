import * as z from "zod";
import type { EncryptionContext } from "./ciphertext.ts";
import { KmsError } from "./errors.ts";
import { type Key, requireUsable } from "./key.ts";
import type { KeyUsage, Random } from "./key-spec.ts";
import type { KeyStore } from "./key-store.ts";

/** What an operation may use: the keys, the clock, and the question whether the caller may do an action on a key. */
export interface KmsRequest {
  readonly store: KeyStore;
  readonly now: () => Date;
  readonly random: Random;
  readonly allow: (
    action: string,
    key?: Key,
    context?: EncryptionContext,
    newTags?: Readonly<Record<string, string>>,
  ) => Promise<void>;
}

/** One operation of the API: from parsed JSON to the answer's JSON. */
export type Operation = (body: unknown, request: KmsRequest) => Promise<object>;

/** An operation that takes exactly what its schema describes. */
export function operation<Input extends z.ZodType>(
  schema: Input,
  run: (input: z.output<Input>, request: KmsRequest) => Promise<object>,
): Operation {
  return function parseAndRun(body, request) {
    const input = schema.safeParse(body);
    if (!input.success) throw new KmsError("ValidationException", z.prettifyError(input.error));
    return run(input.data, request);
  };
}

/** The key that is named, if the caller may do this with it and it can do it now. */
export async function usableKey(
  request: KmsRequest,
  name: string,
  usage: KeyUsage,
  reference: string,
  context?: EncryptionContext,
): Promise<Key> {
  const key = request.store.find(reference);
  await request.allow(name, key, context);
  requireUsable(key, usage, name);
  return key;
}

export const keyReference = z.string().min(1).max(2048);
export const tagKey = z.string().min(1).max(128);
export const tagList = z.array(z.strictObject({ TagKey: tagKey, TagValue: z.string().max(256) }));

/** Base64 of so many bytes. */
export const blob = (least: number, most: number) =>
  z
    .base64()
    .max(Math.ceil(most / 3) * 4, `must be at most ${most} bytes`)
    .transform((text) => Buffer.from(text, "base64"))
    .refine((bytes) => bytes.length >= least && bytes.length <= most, `must be ${least} to ${most} bytes`);

/** Checked in place: a copy by zod would leave out an entry named `__proto__`, and so bind less than the caller said. */
export const encryptionContext = z
  .custom<EncryptionContext>(isRecordOfStrings, "must be an object of strings")
  .refine((context) => contextLength(context) <= 8192, "must be at most 8192 bytes, names and values together");

function isRecordOfStrings(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((entry) => typeof entry === "string");
}

function contextLength(context: EncryptionContext): number {
  let length = 0;
  for (const [name, value] of Object.entries(context)) length += Buffer.byteLength(name) + Buffer.byteLength(value);
  return length;
}

export const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

/** The input of a list operation: how many, and from where on. */
export const paging = (most: number) => ({
  Limit: z.int().min(1).max(most).optional(),
  Marker: z.string().min(1).max(1024).optional(),
});

/**
 * One page of a list that is sorted by name. The marker is the name of the last item given, so it holds when items come and go.
 * @throws KmsError InvalidMarkerException for a marker that no list made
 */
export function page<Item>(
  sorted: readonly Item[],
  nameOf: (item: Item) => string,
  { Limit = 50, Marker }: { Limit?: number | undefined; Marker?: string | undefined },
): { items: Item[]; rest: { Truncated: boolean; NextMarker?: string } } {
  const after = Marker === undefined ? undefined : readMarker(Marker);
  const remaining = after === undefined ? sorted : sorted.filter((item) => nameOf(item) > after);
  const items = remaining.slice(0, Limit);
  const last = items.at(-1);
  if (last === undefined || remaining.length <= items.length) return { items, rest: { Truncated: false } };
  return { items, rest: { Truncated: true, NextMarker: Buffer.from(nameOf(last)).toString("base64url") } };
}

function readMarker(marker: string): string {
  const name = Buffer.from(marker, "base64url");
  if (name.toString("base64url") === marker) return name.toString();
  throw new KmsError("InvalidMarkerException", "Marker must be the NextMarker of the page before.");
}
