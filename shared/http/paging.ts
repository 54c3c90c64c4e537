/** Cursors: where a list goes on. Opaque and authenticated, and good for the list of the tenant that it was made for alone. */
import type { Context } from "hono";
import type * as z from "zod";
import { Failure } from "#shared/failure.ts";
import type { Random } from "#shared/report/identifier.ts";
import type { ApiSecret } from "./api-secret.ts";
import { openBytes, sealBytes } from "./sealed-text.ts";

export interface Paging {
  /** Where the page that is asked for begins; `undefined` for the first. @throws Failure `invalid-request` */
  after<Position extends z.ZodType>(position: Position): Promise<z.output<Position> | undefined>;
  /** The cursor of the page that begins there; `undefined` where there is none. */
  cursor(position: unknown): Promise<string | undefined>;
}

/** The paging of one request. A list is one of this owner's, at this path, with this query but for `limit`. */
export function pagingOf(c: Context, owner: string, settings: { secret: ApiSecret; random: Random }): Paging {
  return {
    async after(position) {
      const cursor = c.req.query("cursor");
      if (cursor === undefined) return undefined;
      const opened = openBytes(await settings.secret("cursors"), Buffer.from(cursor, "base64url"), listOf(c, owner));
      const parsed = opened && position.safeParse(JSON.parse(Buffer.from(opened).toString("utf8")));
      if (!parsed?.success)
        throw new Failure("invalid-request", "This cursor is not of this list, asked for so. Start again without it.");
      return parsed.data;
    },
    async cursor(position) {
      if (position === undefined) return undefined;
      const bytes = Buffer.from(JSON.stringify(position));
      const sealed = sealBytes(await settings.secret("cursors"), bytes, listOf(c, owner), settings.random);
      return Buffer.from(sealed).toString("base64url");
    },
  };
}

function listOf(c: Context, owner: string): string {
  const { cursor: _, limit: __, ...query } = c.req.query();
  return JSON.stringify([owner, c.req.path, Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
