import { createHash, randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import { arrive } from "#test/stage/arriving-mail.ts";
import { compose } from "#test/stage/composed-mail.ts";
import { inboundMail } from "#test/stage/doors.ts";
import { auditOf, onlyRecord } from "#test/stage/records.ts";
import { addressOf, report } from "#test/stage/reporter.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
const megabyte = 1024 * 1024;

describe("an attachment", () => {
  it.each([0, 1, 75, 76, 65_536, 300_001])("of %i bytes comes out as it went in", async (length) => {
    const tenant = await newTenant(stage);
    const bytes = randomBytes(length);
    await report(stage, tenant, {
      attachments: [
        { name: "first.bin", bytes: Buffer.from("other") },
        { name: "a.bin", bytes },
      ],
    });
    const { report: found } = await onlyRecord(tenant);
    const answer = await api.get(tenant, `reports/${found.id}/attachments/2`);
    const given = Buffer.from(await answer.arrayBuffer());
    expect(given.equals(bytes)).toBe(true);
    expect(answer.headers.get("content-length")).toBe(String(length));
    expect(answer.headers.get("repr-digest")).toBe(`sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`);
  });

  it("of 38 MB is streamed byte for byte, and never held whole", async () => {
    const tenant = await newTenant(stage);
    const expected = await reportLarge(tenant, 38 * megabyte);
    const { report: found } = await onlyRecord(tenant);
    const before = await liveBytes();
    const answer = await api.get(tenant, `reports/${found.id}/attachments/1`);
    const hash = createHash("sha256");
    let [length, looked, most] = [0, 0, 0];
    for await (const chunk of answer.body ?? []) {
      hash.update(chunk);
      length += chunk.length;
      if (length - looked < 4 * megabyte) continue;
      looked = length;
      most = Math.max(most, (await liveBytes()) - before);
    }
    expect([length, hash.digest("hex")]).toEqual([38 * megabyte, expected]);
    expect(most).toBeLessThan(10 * megabyte);
  });

  it("is never shown in place, whatever it is called", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, {
      attachments: [{ name: "it's (1) *.html", bytes: Buffer.from("<script>1</script>") }],
    });
    const { report: found } = await onlyRecord(tenant);
    const { headers } = await api.get(tenant, `reports/${found.id}/attachments/1`);
    expect(headers.get("content-type")).toBe("application/octet-stream");
    expect(headers.get("content-disposition")).toMatch(/^attachment; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]+$/);
    expect(headers.get("content-disposition")).toContain("it%27s%20%281%29%20");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("sandbox");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("asked for by HEAD costs no connection, however often", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { attachments: [{ name: "a.bin", bytes: randomBytes(2 * megabyte) }] });
    const { report: found, messages } = await onlyRecord(tenant);
    const paths = [`reports/${found.id}/attachments/1`, `reports/${found.id}/messages/${messages[0]?.id ?? ""}/raw`];
    for (let time = 0; time < 110; time++) {
      const answer = await api.get(tenant, paths[time % 2] ?? "", { method: "HEAD" });
      expect([answer.status, await answer.text()]).toEqual([200, ""]);
    }
    const whole = await api.get(tenant, paths[0] ?? "");
    expect((await whole.arrayBuffer()).byteLength).toBe(2 * megabyte);
  }, 60_000);

  it("that nobody reads to its end costs no connection either", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { attachments: [{ name: "a.bin", bytes: randomBytes(3 * megabyte) }] });
    const { report: found } = await onlyRecord(tenant);
    const path = `reports/${found.id}/attachments/1`;
    for (let time = 0; time < 55; time++) await (await api.get(tenant, path)).body?.cancel();
    expect((await (await api.get(tenant, path)).arrayBuffer()).byteLength).toBe(3 * megabyte);
  }, 60_000);
});

describe("the mail as it came", () => {
  it.each([100, 3 * megabyte])(
    "is given byte for byte, below SES's own header fields (%i bytes of attachment)",
    async (length) => {
      const tenant = await newTenant(stage);
      const raw = compose({ attachments: [{ name: "a.bin", bytes: randomBytes(length) }] });
      const notice = await arrive(stage, raw, { from: "r@lab.example", to: [addressOf(tenant)] });
      await inboundMail(stage)(notice, "request-1");
      const { report: found, messages } = await onlyRecord(tenant);
      const answer = await api.get(tenant, `reports/${found.id}/messages/${messages[0]?.id ?? ""}/raw`);
      const given = Buffer.from(await answer.arrayBuffer());
      expect(given.subarray(-raw.length).equals(raw)).toBe(true);
      expect(given.subarray(0, -raw.length).toString()).toMatch(/^Return-Path: <r@lab\.example>\r\n/);
      expect(answer.headers.get("content-type")).toBe("message/rfc822");
      expect((await auditOf(tenant)).map(({ action }) => action)).toContain("raw.opened");
    },
  );

  it("is not there for what we wrote", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant);
    const { report: found, messages } = await onlyRecord(tenant);
    const ours = messages.find(({ direction }) => direction === "out")?.id ?? "";
    expect((await api.get(tenant, `reports/${found.id}/messages/${ours}/raw`)).status).toBe(404);
  });
});

/** Takes in a mail with one attachment of noise, and lets go of it. Returns its SHA-256. */
async function reportLarge(tenant: TenantScope, length: number): Promise<string> {
  const bytes = randomBytes(length);
  await report(stage, tenant, { attachments: [{ name: "core.bin", bytes, encoding: "binary" }] });
  return createHash("sha256").update(bytes).digest("hex");
}

/** Bytes in buffers that somebody still holds. Memory that was collected is given back a little later, so it is asked thrice. */
async function liveBytes(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const seen: number[] = [];
  for (let time = 0; time < 3; time++) {
    collect();
    await pause(10);
    seen.push(process.memoryUsage().arrayBuffers);
  }
  return Math.min(...seen);
}
