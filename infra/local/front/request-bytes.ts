import type { IncomingMessage } from "node:http";
import { readBody } from "./request-body.ts";

/** A body that is larger than its limit. It was not read to its end. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/**
 * Reads a body of at most `limit` bytes. Throws `BodyTooLarge` for a larger one: by its declared length before anything is
 * read, or where it passes the limit.
 */
export async function readRequestBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const declared = Number(request.headers["content-length"] ?? 0);
  const body = declared > limit ? undefined : await readBody(request, limit);
  if (body === undefined) throw new BodyTooLarge();
  return body;
}
