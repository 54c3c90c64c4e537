import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleDoor, checkout } from "#infra/bundle/bundle.ts";

let folder: string;
beforeEach(() => {
  // Inside the checkout, since sources outside of it are not found by the imports of packages.
  mkdirSync(join(checkout, ".cache"), { recursive: true });
  folder = mkdtempSync(join(checkout, ".cache/bundle-test-"));
  writeFileSync(join(folder, "part.ts"), 'export const greeting: string = "one";\n');
  writeFileSync(
    join(folder, "handler.ts"),
    `import { Hono } from "hono";
import { greeting } from "./part.ts";
const app = new Hono();
app.get("/", (c) => c.text(greeting));
export const handler = async () => {
  const { hash } = await import("node:crypto");
  return { text: await (await app.request("/")).text(), length: hash("sha256", "x").length };
};
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bundle = () => bundleDoor("sample", { entry: () => join(folder, "handler.ts"), cache: join(folder, "cache") });

/** Calls the artefact in a fresh process, and tells whether its code cache was taken. */
function call(file: string): unknown {
  const program = `const { handler, script } = await import(process.argv[1]);
    process.stdout.write(JSON.stringify({ answer: await handler({}), refused: script.cachedDataRejected }));`;
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "-e", program, "--", `file://${file}`], {
      env: {},
    }).toString(),
  );
}

describe("an artefact", () => {
  it("runs by itself, far from node_modules, with its code cache taken", async () => {
    const artefact = await bundle();
    const elsewhere = mkdtempSync(join(tmpdir(), "candor-artefact-"));
    for (const name of readdirSync(artefact.folder))
      writeFileSync(join(elsewhere, name), readFileSync(join(artefact.folder, name)));
    expect(call(join(elsewhere, "index.mjs"))).toEqual({ answer: { text: "one", length: 64 }, refused: false });
    expect(readdirSync(elsewhere).toSorted()).toEqual([
      "door.cjs",
      `door.${process.version}-${process.arch}.cache`,
      "index.mjs",
    ]);
    rmSync(elsewhere, { recursive: true });
  });

  it("runs from a folder that can't be written to", async () => {
    const { folder: made, file } = await bundle();
    chmodSync(made, 0o555);
    expect(call(file)).toMatchObject({ refused: false });
    chmodSync(made, 0o755);
  });

  it("runs without its cache, and with a cache that is not of this code", async () => {
    const { folder: made, file } = await bundle();
    const cache = join(made, `door.${process.version}-${process.arch}.cache`);
    writeFileSync(cache, Buffer.alloc(1000, 7));
    expect(call(file)).toEqual({ answer: { text: "one", length: 64 }, refused: true });
    rmSync(cache);
    expect(call(file)).toEqual({ answer: { text: "one", length: 64 } });
  });

  it("is made once for the same inputs, and anew when one of them changes", async () => {
    const first = await bundle();
    const began = performance.now();
    expect(await bundle()).toEqual(first);
    expect(performance.now() - began).toBeLessThan(150);
    writeFileSync(join(folder, "part.ts"), 'export const greeting: string = "two";\n');
    const second = await bundle();
    expect(second.digest).not.toBe(first.digest);
    expect(call(second.file)).toMatchObject({ answer: { text: "two" } });
  });

  it("has its size told without cache and source map", async () => {
    const { folder: made, bytes } = await bundle();
    const size = (name: string) => readFileSync(join(made, name)).length;
    expect(bytes).toBe(size("door.cjs") + size("index.mjs"));
    expect(existsSync(`${made}.map`)).toBe(true);
  });

  it("is not made of code that does not load", async () => {
    writeFileSync(join(folder, "handler.ts"), 'throw new Error("Error: no variable X");\nexport const handler = 1;\n');
    await expect(bundle()).rejects.toThrow("does not load");
    writeFileSync(join(folder, "handler.ts"), "export const handler = ;\n");
    await expect(bundle()).rejects.toThrow();
  });
});
