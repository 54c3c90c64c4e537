import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { State } from "#shared/verify/state.ts";
import { TestSite } from "#test/shared/verify/test-site.ts";

const program = join(import.meta.dirname, "../../../infra/verify/candor-verify.ts");
const folder = mkdtempSync(join(tmpdir(), "candor-verify-"));
const state = join(folder, "state.json");
const site = new TestSite();
let address = "";

beforeAll(async () => {
  address = (await site.listen()).origin;
  site.fill(20);
  await site.publish(new Date(Date.now() - 60_000));
});
afterAll(() => {
  site.server.close();
  rmSync(folder, { recursive: true });
});

async function candorVerify(...words: string[]) {
  const child = spawn(process.execPath, [program, ...words], { cwd: folder });
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await closed, out, err };
}

const copyOf = (name: string) => {
  writeFileSync(join(folder, name), readFileSync(state));
  return name;
};

describe("candor-verify", () => {
  it("prints a table, keeps its state, and ends with 0 while all holds and with 1 at a lie", async () => {
    const honest = await candorVerify(address, "--state", state);
    expect(honest).toMatchObject({ code: 0, err: "" });
    expect(honest.out).toMatch(/^check +result +detail\nkeys +holds +2 in JWKS, PEM, OpenPGP/);
    expect(honest.out).toMatch(/^releases +- +not published yet$/m);
    const kept = readFileSync(state, "utf8");
    expect(State.parse(JSON.parse(kept)).log?.read.size).toBe(20);
    const honestNote = site.text("ledger/checkpoint");

    await site.publishLog(site.entries.slice(0, 19));
    const lying = await candorVerify(address, "--state", state, "--json");
    expect(lying.code).toBe(1);
    const { findings } = JSON.parse(lying.out) as { findings: readonly object[] };
    expect(findings).toContainEqual(
      expect.objectContaining({ lie: "log-rolled-back", evidence: [honestNote, site.text("ledger/checkpoint")] }),
    );
    expect(readFileSync(state, "utf8")).toBe(kept);
    await site.publishLog();
  });

  it("compares two state files, and finds a split view", async () => {
    const same = copyOf("same.json");
    expect(await candorVerify("state.json", "--compare", same)).toMatchObject({ code: 0 });
    const split = State.parse(JSON.parse(readFileSync(state, "utf8")));
    const forked = [...site.entries.slice(0, 19), Buffer.from("forked")];
    const checkpoint = await site.checkpoint(forked);
    const other = { ...split, log: split.log && { ...split.log, checkpoint } };
    writeFileSync(join(folder, "other.json"), JSON.stringify(other));
    const compared = await candorVerify("state.json", "--compare", "other.json");
    expect(compared).toMatchObject({ code: 1, out: expect.stringContaining("log-forked") });
  });

  it.each([
    [[], "Name one address or file"],
    [["--nonsense", "x"], "--state FILE"],
    [["http://127.0.0.1:1"], "Check the address"],
    [["https://trust.example/path"], "without a path"],
    [["nothing-there.jsonl"], "is no file"],
    [["state.json"], "Give it with --key"],
    [["http://127.0.0.1:1", "--key", "nonsense"], "Not a key"],
  ] as const)("ends with 2 and says what to do: %j", async (words, said) => {
    const { code, err, out } = await candorVerify(...words);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(said);
  });

  it("checks an export file under the key that the site's state pinned", async () => {
    writeFileSync(join(folder, "audit.jsonl"), "{}\n");
    const checked = await candorVerify("audit.jsonl", "--state", state);
    expect(checked).toMatchObject({ code: 1, out: expect.stringContaining("export-malformed") });
    writeFileSync(join(folder, "cut.jsonl"), "{}");
    const cut = await candorVerify("cut.jsonl", "--state", state);
    expect(cut).toMatchObject({ code: 1, out: expect.stringContaining("cut off") });
  });
});
