/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that is sent again is not carried out again. What
 * is kept of the key is derived from it and from the API's secret, so that the table tells neither the key nor the answer.
 */
import { createHmac, hkdfSync } from "node:crypto";
import type { HonoRequest } from "hono";
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";
import {
  attemptSeconds,
  beginRequest,
  carriedOut,
  type IdempotentRequest,
  keepAnswer,
  type Requests,
  releaseRequest,
} from "#shared/store/idempotent-requests.ts";
import type { Write } from "#shared/store/table.ts";
import type { ApiVariables } from "./api.ts";
import type { ApiSecret } from "./api-secret.ts";
import { openBytes, sealBytes } from "./sealed-text.ts";

/** What an item of the table has room for. */
const answerAtMost = 300_000;

const KeptAnswer = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() });

export interface Once {
  readonly requests: Requests;
  /** Who asks: the same key of somebody else is another one. */
  readonly member: string;
  readonly secret: ApiSecret;
  readonly now: () => Date;
  readonly random: Random;
  /** Told of what went wrong after the request was carried out. */
  readonly report: (error: unknown, request: string) => void;
}

interface Asked {
  readonly req: HonoRequest;
  readonly var: ApiVariables;
}

/**
 * Carries a request out, or answers as it was answered before. `run` gets the write that belongs into the transaction which
 * carries it out. @throws Failure `key-reused`, `in-progress`, `carried-out`
 */
export async function carryOutOnce(
  c: Asked,
  { requests, member, secret, now, random, report }: Once,
  run: (mark: Write | undefined) => Promise<Response>,
): Promise<Response> {
  const given = c.req.header("idempotency-key");
  if (given === undefined) return run(undefined);
  if (!/^[\x21-\x7e]{1,255}$/.test(given))
    throw new Failure("invalid-request", "An Idempotency-Key has 1 to 255 visible ASCII characters and no space.");
  const place = JSON.stringify([requests.owner, member, c.req.method, c.req.path]);
  const keys = derive(
    given,
    createHmac("sha256", await secret("idempotency"))
      .update(place)
      .digest(),
  );
  const query = new URL(c.req.url).search;
  const sent = createHmac("sha256", keys.digest).update(`${query}\n${c.var.body}`).digest("hex");
  const attempt = { id: keys.id, attempt: newIdentifier(random) };

  const known = await beginRequest(requests, { ...attempt, sent, now: now() });
  if (known !== "begun") return answerOf(c, known, sent, keys, now());
  let answer: Response;
  try {
    answer = await run(carriedOut(requests, attempt));
  } catch (error) {
    await releaseRequest(requests, attempt).catch((failed: unknown) => report(failed, c.var.request));
    throw error;
  }
  const kept = await sealedAnswer(answer.clone(), keys, random);
  const keep = kept ? keepAnswer(requests, attempt, kept) : releaseRequest(requests, attempt);
  // The request is carried out, and its answer says so: that a second one could not be kept changes nothing of that.
  await keep.catch((failed: unknown) => report(failed, c.var.request));
  return answer;
}

interface Keys {
  readonly id: string;
  readonly seal: Uint8Array;
  readonly digest: Uint8Array;
}

/** RFC 5869. */
function derive(key: string, salt: Uint8Array): Keys {
  const part = (info: string) => new Uint8Array(hkdfSync("sha256", key, salt, `candor idempotency ${info}`, 32));
  return { id: Buffer.from(part("id")).toString("hex"), seal: part("answer"), digest: part("request") };
}

/** `undefined` for an answer that there is no room for: what changed nothing may be asked again. */
async function sealedAnswer(answer: Response, { seal, id }: Keys, random: Random): Promise<Uint8Array | undefined> {
  const body = Buffer.from(await answer.arrayBuffer()).toString("base64");
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => keptHeaders.includes(name)));
  const bytes = Buffer.from(JSON.stringify({ status: answer.status, headers, body }));
  return bytes.length > answerAtMost ? undefined : sealBytes(seal, bytes, id, random);
}

const keptHeaders = ["content-type", "etag", "location"];

function answerOf(c: Asked, known: IdempotentRequest, sent: string, { seal, id }: Keys, now: Date): Response {
  if (known.sent !== sent)
    throw new Failure("key-reused", "This Idempotency-Key came with another request before. Use a new one for this.");
  const opened = known.answer && openBytes(seal, known.answer, id);
  if (opened) {
    const { status, headers, body } = KeptAnswer.parse(JSON.parse(Buffer.from(opened).toString("utf8")));
    const bytes = body === "" ? null : Buffer.from(body, "base64");
    return new Response(bytes, { status, headers: { ...c.var.headers, ...headers, "idempotency-replayed": "true" } });
  }
  const left = known.begunAt + attemptSeconds - Math.floor(now.getTime() / 1000);
  if (left > 0)
    throw new Failure("in-progress", "The request under this Idempotency-Key is still being carried out. Ask again.", {
      retryAfter: Math.min(left, 5),
    });
  throw new Failure(
    "carried-out",
    "The request under this Idempotency-Key was carried out, and its answer was lost. Read what it was about; to do more, use a new key.",
  );
}
