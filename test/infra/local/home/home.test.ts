import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openHome } from "#infra/local/home/home.ts";
import { StartFailure } from "#infra/local/start-failure.ts";
import { temporaryFolder } from "#test/infra/local/temporary-folder.ts";

const now = new Date("2026-11-21T00:00:00Z");

async function failure(folder: string): Promise<string> {
  try {
    await (await openHome(folder, now)).release();
  } catch (error) {
    if (error instanceof StartFailure) return error.message;
    throw error;
  }
  throw new Error("the home opened");
}

/** A home whose first start went through. */
async function completeHome(): Promise<string> {
  const folder = join(temporaryFolder(), "home");
  const home = await openHome(folder, now);
  for (const file of [home.files.keys, home.files.loginKey]) writeFileSync(file, "{}");
  await home.markComplete();
  await home.release();
  return folder;
}

describe("a home", () => {
  it("is made for its owner alone, and is new until its first start went through", async () => {
    const folder = join(temporaryFolder(), "deep/home");
    const home = await openHome(folder, now);
    await home.publish({ pid: 1 });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(home.files.facts).mode & 0o777).toBe(0o600);
    expect(home.isNew).toBe(true);
    await home.release();
    expect(existsSync(home.files.facts)).toBe(false);
    const complete = await openHome(await completeHome(), now);
    expect(complete.isNew).toBe(false);
    await complete.release();
  });

  it("has one user at a time, and the sentence names the process", async () => {
    const folder = await completeHome();
    const home = await openHome(folder, now);
    await home.publish({ pid: process.pid });
    expect(await failure(folder)).toBe(
      `Another Candor (process ${String(process.pid)}) is using this home already. Stop it, or name another folder in CANDOR_HOME.`,
    );
    await home.release();
    await (await openHome(folder, now)).release();
  });

  it("of another version is left alone", async () => {
    const folder = await completeHome();
    const marker = JSON.stringify({ format: 99, createdAt: now.toISOString(), complete: true });
    writeFileSync(join(folder, "home.json"), marker);
    expect(await failure(folder)).toContain("was made by another version of Candor");
    expect(readFileSync(join(folder, "home.json"), "utf8")).toBe(marker);
  });

  it.each([
    ["home.json", "not json", "home.json is damaged"],
    ["table.sqlite", "not a database at all", "table.sqlite is not a database any more"],
    ["mail.sqlite", "x", "mail.sqlite is not a database any more"],
  ])("with a damaged %s is not touched and the sentence says what to do", async (name, content, sentence) => {
    const folder = await completeHome();
    writeFileSync(join(folder, name), content);
    const before = readdirSync(folder);
    const said = await failure(folder);
    expect(said).toContain(sentence);
    expect(said).toContain("from a copy, or move it away");
    expect(readFileSync(join(folder, name), "utf8")).toBe(content);
    expect(readdirSync(folder)).toEqual(before);
  });

  it("that lost its keys is not given new ones", async () => {
    const folder = await completeHome();
    rmSync(join(folder, "keys.json"));
    expect(await failure(folder)).toContain("keys.json is missing");
  });

  it("is not made in a folder that holds other things", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "photos"));
    expect(await failure(folder)).toContain("is no home of Candor");
    expect(readdirSync(folder)).toEqual(["photos"]);
  });
});
