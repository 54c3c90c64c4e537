/** What the logs prove: `/v1/tenants/<t>/ledger`, for the tenant's audit log and, with `log=public`, the deployment's. Hashes only. */
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { proveConsistency } from "#shared/ledger/consistency.ts";
import { proveInclusion } from "#shared/ledger/inclusion.ts";
import { nodesFromTiles } from "#shared/ledger/tile-reader.ts";
import { formatTlogProof } from "#shared/ledger/tlog-proof.ts";
import { formatBase64 } from "#shared/signing/base64.ts";
import { auditLog, findLeaf, type Log, publicLog, readLogHead } from "#shared/store/ledger.ts";
import { tileReader } from "#shared/store/ledger-tiles.ts";
import type { TenantVariables } from "./tenant-request.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const whichLog = { log: z.enum(["audit", "public"]).default("audit") };
const size = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const LogQuery = z.strictObject(whichLog);
const ProofQuery = z
  .strictObject({
    ...whichLog,
    index: size.optional(),
    digest: z
      .string()
      .regex(/^(?:sha256:)?[0-9a-f]{64}$/, "write the leaf hash as 64 lower-case hexadecimal digits")
      .optional()
      .meta({ description: "The leaf hash: SHA-256 of a zero byte and the entry." }),
  })
  .refine(({ index, digest }) => (index === undefined) !== (digest === undefined), "give either index or digest");
const ConsistencyQuery = z.strictObject({ ...whichLog, from: size.min(1), to: size.min(1).optional() });
const Consistency = z
  .strictObject({
    from: z.int(),
    to: z.int(),
    proof: z.array(z.string()).meta({ description: "Hashes as base64 (RFC 9162 section 2.1.4)." }),
    checkpoint: z.string().meta({ description: "The newest checkpoint (C2SP tlog-checkpoint)." }),
  })
  .meta({ id: "Consistency" });

const asText = { "content-type": "text/plain; charset=utf-8" };
const kind = { method: "get", group: "Logs", permission: "ledger.read" } as const;

export function ledgerRoutes(api: TenantApi, settings: { readonly ledgerBucket: string }): void {
  tenantRoute(
    api,
    {
      ...kind,
      path: "/ledger/checkpoint",
      summary: "The newest checkpoint of a log",
      query: LogQuery,
      answers: { 200: { description: "A signed note (C2SP tlog-checkpoint).", mediaType: "text/plain" } },
    },
    async (c) => {
      const { log } = c.req.valid("query");
      const { checkpoint } = await published(logOf(c.var, log));
      return c.body(checkpoint, 200, asText);
    },
  );

  tenantRoute(
    api,
    {
      ...kind,
      path: "/ledger/proof",
      summary: "The proof that a log has an entry",
      query: ProofQuery,
      answers: { 200: { description: "A tlog-proof, with the checkpoint it leads to.", mediaType: "text/plain" } },
      failures: ["conflict"],
    },
    async (c) => {
      const asked = c.req.valid("query");
      const log = logOf(c.var, asked.log);
      const index = asked.index ?? (await findLeaf(log, asked.digest?.replace("sha256:", "") ?? ""));
      if (index === undefined) throw notFound();
      const { size: leaves, checkpoint } = await published(log);
      if (index >= leaves) throw new Failure("conflict", "No checkpoint has this entry yet. Ask again in a minute.");
      const proof = await proveInclusion(index, leaves, nodes(c.var, log, leaves));
      return c.body(formatTlogProof({ index, proof, checkpoint }), 200, asText);
    },
  );

  tenantRoute(
    api,
    {
      ...kind,
      path: "/ledger/consistency",
      summary: "The proof that a log only ever grew",
      query: ConsistencyQuery,
      answers: { 200: { description: "The proof between two sizes.", json: Consistency } },
    },
    async (c) => {
      const { log: name, from, to } = c.req.valid("query");
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
    },
  );

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
