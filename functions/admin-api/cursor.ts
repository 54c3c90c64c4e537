import type * as z from "zod";
import { Failure } from "#shared/failure.ts";

/** Where a list goes on, as a client carries it. */
export const cursorOf = (position: object): string => Buffer.from(JSON.stringify(position)).toString("base64url");

/** @throws Failure `invalid-request` for what is no position of this list */
export function positionOf<Position extends z.ZodType>(position: Position, cursor: string): z.infer<Position> {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch (error) {
    throw new Failure("invalid-request", "This cursor is not from this list. Start again without it.", {
      cause: error,
    });
  }
}
