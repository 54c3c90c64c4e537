import { GetPublicKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { beforeAll, describe, expect, it } from "vitest";
import { publicLog } from "#shared/store/ledger.ts";
import { publicLogWrite } from "#shared/store/pending.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { notary, notaryPorts, trustSite } from "#test/stage/doors.ts";
import { minute } from "#test/stage/movable-clock.ts";
import { bucketNames, region, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
let scope: TenantScope;

/** Fills the public log over the end of its first bundle. */
beforeAll(async () => {
  scope = await newTenant(stage);
  await notary(stage).scheduled(stage.clock.now(), "request-1");
  const at = stage.clock.now().toISOString();
  const about = { v: 1, kind: "key.added", at, usedFrom: at, use: "statements" } as const;
  const writes = Array.from({ length: 260 }, (_, n) => {
    const kid = String(n).padStart(43, "k");
    return publicLogWrite({ ...about, tenant: "somebody", kid, spki: `sha256:${String(n).padStart(64, "0")}` });
  });
  for (let start = 0; start < writes.length; start += 100)
    await publicLog(stage.table).table.transact(writes.slice(start, start + 100));
  stage.clock.forward(minute);
  expect(await notary(stage).scheduled(stage.clock.now(), "request-2")).toEqual([]);
});

const get = async (path: string, headers: Record<string, string> = {}, host = `${scope.tenant}.localhost:8080`) =>
  trustSite(stage).request(path, { headers: { host, ...headers } });
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe("well-known files", () => {
  it.each([
    ["jwks.json", "application/jwk-set+json"],
    ["openpgp-key.asc", "application/pgp-keys"],
    ["candor.pub", "application/x-pem-file"],
    ["security.txt", "text/plain; charset=utf-8"],
  ])("are shown with their media type, and 304 to who has them: %s", async (name, type) => {
    const answer = await get(`/.well-known/${name}`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
    expect(answer.headers.get("cache-control")).toContain("max-age=60");
    const etag = answer.headers.get("etag") ?? "";
    expect((await get(`/.well-known/${name}`, { "if-none-match": etag })).status).toBe(304);
    expect((await get(`/.well-known/${name}`, {}, "nobody.localhost")).status).toBe(421);
  });

  it("name no private part and no KMS key", async () => {
    const jwks = await (await get("/.well-known/jwks.json")).text();
    expect(jwks).not.toMatch(/"d":|arn:aws/);
  });
});

describe("the public log under a tenant's host", () => {
  it("shows the checkpoint as it was signed, for a few seconds", async () => {
    const answer = await get("/ledger/checkpoint");
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=5");
    expect((await answer.text()).split("\n").slice(0, 2)).toEqual(["localhost/ledger", "263"]);
  });

  it.each(["tile/0/000", "tile/0/001.p/7", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/7"])(
    "shows %s byte for byte, for ever",
    async (path) => {
      const answer = await get(`/ledger/${path}`);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      const stored = await notaryPorts(stage).ledger.objects.read(bucketNames.ledger, `public/${path}`);
      expect((await bytesOf(answer)).equals(stored ?? new Uint8Array())).toBe(true);
    },
  );

  it("is the same under every tenant's host, and under no other", async () => {
    const other = await newTenant(stage);
    const note = await (await get("/ledger/checkpoint")).text();
    expect(await (await get("/ledger/checkpoint", {}, `${other.tenant}.localhost`)).text()).toBe(note);
    expect((await get("/ledger/checkpoint", {}, "nobody.localhost")).status).toBe(421);
    expect((await get("/ledger/tile/0/000", {}, "nobody.localhost")).status).toBe(421);
  });

  it.each([
    ...["tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/0/x000/000", "tile/0/000.p/0", "tile/0/000.p/256"],
    ...[
      "tile/0/000.p/007",
      "tile/0/000/",
      "tile//0/000",
      "tile/0/000.p",
      "tile/64/000",
      "tile/entries",
      "tile/0/%30%30%30",
    ],
    ...["tile/0/../0/000", "checkpoint/", "Checkpoint", "", "..%2faudit%2fx", "tile/9/000", "tile/0/999", "tile/0/002"],
  ])("has nothing at %j", async (path) => {
    const answer = await get(`/ledger/${path}`);
    expect(answer.status).toBe(path === "tile/0/../0/000" ? 200 : 404);
  });
});

describe("the right to read it", () => {
  it("comes without any right on keys, and without the audit logs", async () => {
    const credentials = stage.credentialsOf("trust-site");
    const kms = new KMSClient({ region, endpoint: stage.endpoints.kms, credentials, maxAttempts: 1 });
    const denied = { name: "AccessDeniedException" };
    for (const KeyId of [stage.keys.checkpoints, stage.keys.receipts]) {
      await expect(kms.send(new GetPublicKeyCommand({ KeyId }))).rejects.toMatchObject(denied);
      const sign = { KeyId, Message: Buffer.from("x"), SigningAlgorithm: "ED25519_SHA_512" } as const;
      await expect(kms.send(new SignCommand(sign))).rejects.toMatchObject(denied);
    }
    kms.destroy();
    const { S3Client, GetObjectCommand } = await import("@aws-sdk/client-s3");
    const s3 = new S3Client({ region, endpoint: stage.endpoints.s3, credentials, forcePathStyle: true });
    const Key = `audit/${scope.tenant}/tile/0/000.p/1`;
    const asked = s3.send(new GetObjectCommand({ Bucket: bucketNames.ledger, Key }));
    await expect(asked).rejects.toMatchObject({ name: "AccessDenied" });
    s3.destroy();
  });
});
