/** What the logs prove: `/v1/tenants/<t>/ledger`, for the tenant's audit log and, with `log=public`, the deployment's. Hashes only. */
import { Hono } from "hono";
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { proveConsistency } from "#shared/ledger/consistency.ts";
import { proveInclusion } from "#shared/ledger/inclusion.ts";
import { nodesFromTiles } from "#shared/ledger/tile-reader.ts";
import { formatTlogProof } from "#shared/ledger/tlog-proof.ts";
import { formatBase64 } from "#shared/signing/base64.ts";
import { auditLog, findLeaf, type Log, publicLog, readLogHead } from "#shared/store/ledger.ts";
import { tileReader } from "#shared/store/ledger-tiles.ts";
import { notFound, query } from "./reports.ts";
import type { TenantVariables } from "./tenant-request.ts";

const whichLog = { log: z.enum(["audit", "public"]).default("audit") };
const size = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const LogQuery = z.strictObject(whichLog);
const ProofQuery = z
  .strictObject({
    ...whichLog,
    index: size.optional(),
    /** The leaf hash: SHA-256 of a zero byte and the entry. */
    digest: z
      .string()
      .regex(/^(?:sha256:)?[0-9a-f]{64}$/, "write the leaf hash as 64 lower-case hexadecimal digits")
      .optional(),
  })
  .refine(({ index, digest }) => (index === undefined) !== (digest === undefined), "give either index or digest");
const ConsistencyQuery = z.strictObject({ ...whichLog, from: size.min(1), to: size.min(1).optional() });

const asText = { "content-type": "text/plain; charset=utf-8" };

export function ledgerRoutes(settings: { readonly ledgerBucket: string }) {
  const app = new Hono<{ Variables: TenantVariables }>();

  app.get("/checkpoint", async (c) => {
    const { log } = query(LogQuery, c.req.query());
    const { checkpoint } = await published(logOf(c.var, log));
    return c.body(checkpoint, 200, asText);
  });

  app.get("/proof", async (c) => {
    const asked = query(ProofQuery, c.req.query());
    const log = logOf(c.var, asked.log);
    const index = asked.index ?? (await findLeaf(log, asked.digest?.replace("sha256:", "") ?? ""));
    if (index === undefined) throw notFound();
    const { size: leaves, checkpoint } = await published(log);
    if (index >= leaves) throw new Failure("conflict", "No checkpoint has this entry yet. Ask again in a minute.");
    const proof = await proveInclusion(index, leaves, nodes(c.var, log, leaves));
    return c.body(formatTlogProof({ index, proof, checkpoint }), 200, asText);
  });

  app.get("/consistency", async (c) => {
    const { log: name, from, to } = query(ConsistencyQuery, c.req.query());
    const log = logOf(c.var, name);
    const { size: leaves, checkpoint } = await published(log);
    const end = to ?? leaves;
    if (from > end || end > leaves)
      throw new Failure(
        "invalid-request",
        `The newest checkpoint has ${String(leaves)} entries. Give from <= to <= that.`,
      );
    const proof = await proveConsistency(from, end, nodes(c.var, log, leaves));
    return c.json({ from, to: end, proof: proof.map(formatBase64), checkpoint });
  });

  return app;

  function nodes({ ports }: TenantVariables, { name }: Log, leaves: number) {
    return nodesFromTiles(leaves, tileReader({ objects: ports.objects, bucket: settings.ledgerBucket }, name));
  }
}

const logOf = ({ scope }: TenantVariables, name: "audit" | "public"): Log =>
  name === "audit" ? auditLog(scope) : publicLog(scope.table);

/** The newest checkpoint and the size of its tree. */
async function published(log: Log): Promise<{ readonly size: number; readonly checkpoint: string }> {
  const head = await readLogHead(log);
  if (head.checkpoint === undefined) throw notFound();
  return { size: head.published.size, checkpoint: head.checkpoint };
}
