import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AccessDenied } from "#infra/local/access-denied.ts";
import { type AccessKey, accessKeyOf } from "#infra/local/access-key.ts";
import { readBody } from "#infra/local/front/request-body.ts";
import { listenOnLoopback } from "#infra/local/listen.ts";
import type { EncryptionContext } from "./ciphertext.ts";
import { KmsError } from "./errors.ts";
import type { Key } from "./key.ts";
import { makeKey } from "./key-operations.ts";
import type { Random } from "./key-spec.ts";
import { type KeyStore, openKeyStore } from "./key-store.ts";
import { isOperationName, type OperationName, operationNames, operations } from "./operations.ts";

/** What a caller asks to do, as an IAM policy would see it. */
export interface KmsCall extends AccessKey {
  /** `kms:` and the operation, but for ReEncrypt, which asks `kms:ReEncryptFrom` and `kms:ReEncryptTo`. */
  readonly action: `kms:${string}`;
  /** Undefined where the action is about no existing key (CreateKey, ListKeys, GenerateRandom). */
  readonly keyArn: string | undefined;
  readonly keyTags: Readonly<Record<string, string>>;
  /** The tags that a key is to get (CreateKey, TagResource). */
  readonly newTags: Tags | undefined;
  /** The key lies in another account than this stand-in's. */
  readonly foreign: boolean;
  /** Names of the key, `alias/...`. */
  readonly aliases: readonly string[];
  readonly encryptionContext: EncryptionContext | undefined;
}

export interface KmsOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Holds every key; made when absent, readable by its owner only. One process at a time. */
  readonly file: string;
  readonly now: () => Date;
  /** Throws `AccessDenied` to refuse. Asked before anything is done, for each key that is concerned. */
  readonly authorize: (call: KmsCall) => void | Promise<void>;
  /** An error to fail a call with, before it is authorized: its name goes over the wire (`ThrottlingException`). */
  readonly fault?: (call: KmsCall) => Error | undefined;
  readonly random?: Random;
  readonly account?: string;
  readonly region?: string;
  /** Told about failures that are nobody's fault but ours. */
  readonly onError?: (error: unknown) => void;
}

export interface Kms {
  readonly port: number;
  readonly url: string;
  /** How often each operation was asked for, refused and failed calls included. */
  readonly calls: Readonly<Record<OperationName, number>>;
  /** Makes a key for encryption in another account, as its owner would there: answers its ARN. That account's policy allows all. */
  addForeignKey(account: string): Promise<string>;
  close(): Promise<void>;
}

type Tags = Readonly<Record<string, string>>;

const mostBodyBytes = 1024 * 1024;
const contentType = "application/x-amz-json-1.1";

/**
 * The AWS KMS API (JSON 1.1) with real cryptography, on 127.0.0.1. Signatures of requests are not checked.
 * @throws StartFailure for a taken port or a damaged key file
 */
export async function startKms(options: KmsOptions): Promise<Kms> {
  const { account = "000000000000", region = "us-east-1" } = options;
  const store = await openKeyStore({ file: options.file, account, region, now: options.now });
  const calls = Object.fromEntries(operationNames.map((name) => [name, 0])) as Record<OperationName, number>;
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => void answer(request, response));
  const port = await listenOnLoopback(server, options.port);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(response, 200, await call(request));
    } catch (thrown) {
      const error = toKmsError(thrown);
      if (error.status >= 500) options.onError?.(thrown);
      // What is left of a body that was too long is not worth reading.
      if (error.name === "RequestEntityTooLargeException") response.setHeader("connection", "close");
      send(response, error.status, { __type: error.name, message: error.message });
    }
  }

  async function call(request: IncomingMessage): Promise<object> {
    const body = await readBody(request, mostBodyBytes);
    if (!body) throw new KmsError("RequestEntityTooLargeException", `A request has at most ${mostBodyBytes} bytes.`);
    const name = operationOf(request);
    calls[name]++;
    const caller = accessKeyOf(request.headers);
    if (!caller)
      throw new KmsError(
        "MissingAuthenticationTokenException",
        "The request is not signed: give the client credentials.",
      );
    const { now, random = randomBytes } = options;
    return operations[name](parse(body), { store, now, random, allow: allowFor(caller) });
  }

  function allowFor(caller: AccessKey) {
    return async function allow(action: string, key?: Key, context?: EncryptionContext, newTags?: Tags): Promise<void> {
      const asked = describeCall(caller, action, store, { key, context, newTags });
      const fault = options.fault?.(asked);
      if (fault) throw fault;
      await options.authorize(asked);
    };
  }

  async function addForeignKey(owner: string): Promise<string> {
    const key = await makeKey({ store, now: options.now, random: options.random ?? randomBytes }, { account: owner });
    store.add(key);
    await store.save();
    return key.arn;
  }

  async function close(): Promise<void> {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  }

  return { port, url: `http://127.0.0.1:${port}`, calls, addForeignKey, close };
}

function describeCall(
  caller: AccessKey,
  action: string,
  store: KeyStore,
  concerned: { key: Key | undefined; context: EncryptionContext | undefined; newTags: Tags | undefined },
): KmsCall {
  const { key, context, newTags } = concerned;
  return {
    ...caller,
    action: `kms:${action}`,
    keyArn: key?.arn,
    keyTags: key ? Object.fromEntries(key.tags) : {},
    newTags,
    foreign: key !== undefined && store.isForeign(key),
    aliases: key ? store.aliasesOf(key).map((alias) => alias.name) : [],
    encryptionContext: context,
  };
}

function operationOf(request: IncomingMessage): OperationName {
  const target = request.headers["x-amz-target"];
  const name = typeof target === "string" ? target.replace(/^TrentService\./, "") : "";
  if (request.method === "POST" && isOperationName(name)) return name;
  throw new KmsError(
    "UnknownOperationException",
    `The KMS stand-in has no operation ${name || "without x-amz-target"}.`,
  );
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    throw new KmsError("SerializationException", "The body is not JSON.");
  }
}

/** What was thrown, as KMS would say it. An error that `fault` gave keeps its name. */
function toKmsError(thrown: unknown): KmsError | { name: string; message: string; status: number } {
  if (thrown instanceof KmsError) return thrown;
  if (thrown instanceof AccessDenied) return new KmsError("AccessDeniedException", thrown.message);
  if (thrown instanceof Error && thrown.name.endsWith("Exception"))
    return { name: thrown.name, message: thrown.message, status: 400 };
  return new KmsError("KMSInternalException", "The KMS stand-in failed; its log says why.");
}

function send(response: ServerResponse, status: number, answer: object): void {
  const body = JSON.stringify(answer);
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body) }).end(body);
}
