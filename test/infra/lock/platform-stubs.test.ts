import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { addPlatformStubs, platformStub } from "#infra/lock/platform-stubs.ts";

describe("platform packages in the lock file", () => {
  it("are read off their names", () => {
    expect(platformStub("@biomejs/cli-linux-arm64-musl", "2.6.8")).toMatchObject({
      os: ["linux"],
      cpu: ["arm64"],
      libc: ["musl"],
    });
    expect(platformStub("@biomejs/cli-win32-x64", "2.6.8")).toMatchObject({ os: ["win32"], cpu: ["x64"] });
    expect(platformStub("fsevents", "2.3.3")).toBeUndefined();
  });

  it("are all there, and the file names no download address", () => {
    const text = readFileSync("package-lock.json", "utf8");
    expect(text).not.toContain('"resolved"');
    expect(addPlatformStubs(JSON.parse(text))).toEqual([]);
  });
});
