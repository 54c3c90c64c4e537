import { describe, expect, it } from "vitest";
import { useApi } from "#test/stage/api-client.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { keyClient } from "./key-client.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);

describe("an import", () => {
  it("answers a draft that its collection takes once it is complete, and keeps nothing", async () => {
    const tenant = await newTenant(stage);
    const before = await auditOf(tenant);
    const text = "# Remove when 3.2 is out.\nCVE-2026-1234 exp:2026-12-01\n";
    const answer = await ask(tenant, "imports", { format: ".trivyignore", text, file: ".trivyignore" });
    expect(answer.status).toBe(200);
    const [{ item, missing }] = answer.body.draft.exceptions;
    expect(missing.map(({ pointer }: { pointer: string }) => pointer)).toEqual(["/package", "/version", "/kind"]);
    expect((await ask(tenant, "exceptions")).body.items).toEqual([]);
    expect(await auditOf(tenant)).toEqual(before);

    expect(await ask(tenant, "exceptions", item)).toMatchObject({ status: 422 });
    const completed = { ...item, package: "left", version: "3.1.0", kind: "notice" };
    expect(await ask(tenant, "exceptions", completed)).toMatchObject({ status: 201, body: { id: "cve-2026-1234" } });
  });

  it("is refused to who may not edit, for what is not of the format, and for too long a file", async () => {
    const tenant = await newTenant(stage);
    const file = { format: "deny.toml", text: "[advisories" };
    expect(await ask(tenant, "imports", file, { role: "viewer" })).toMatchObject({ status: 403 });
    expect(await ask(tenant, "imports", file)).toMatchObject({ status: 422, body: { errors: [{ pointer: "/text" }] } });
    const long = { ...file, text: "#".repeat(1_000_001) };
    expect(await ask(tenant, "imports", long)).toMatchObject({ status: 422, body: { errors: [{ pointer: "/text" }] } });
    const huge = { ...file, text: "#".repeat(10_000_000) };
    expect(await ask(tenant, "imports", huge)).toMatchObject({ status: 413 });
  });
});
