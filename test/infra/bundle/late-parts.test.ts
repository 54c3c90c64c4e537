import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { bundleDoor } from "#infra/bundle/bundle.ts";

const entry = `
import { compile } from "html-to-text";
export const handler = async ({ html }) => (html === undefined ? "nothing" : compile({ wordwrap: false })(html));
`;

describe("a package that most events never need", () => {
  it("is in the artefact and does its work when it is called", async () => {
    const folder = mkdtempSync(join(tmpdir(), "candor-bundle-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, "handler.ts"), entry);
    const { file } = await bundleDoor("late", {
      entry: () => join(folder, "handler.ts"),
      cache: join(folder, "cache"),
    });
    const { handler } = (await import(pathToFileURL(file).href)) as {
      handler: (event: { html?: string }) => Promise<string>;
    };
    expect(await handler({})).toBe("nothing");
    expect(await handler({ html: "<p>one &amp; two</p>" })).toBe("one & two");
  });
});
