import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readSettings } from "#infra/local/home/settings.ts";
import { StartFailure } from "#infra/local/start-failure.ts";

const now = new Date("2026-11-21T00:00:00Z");

describe("the variables of npm start", () => {
  it("have the defaults that the interfaces name", () => {
    expect(readSettings({ CANDOR_PORT: "" }, now)).toEqual({
      home: resolve(import.meta.dirname, "../../../../.candor"),
      httpPort: 8080,
      smtpPort: 2525,
      seed: "demo",
      clockOffsetMs: 0,
      doorWorkers: 2,
    });
  });

  it("are refused together, each by name and with what to write", () => {
    const wrong = {
      CANDOR_PORT: "80a",
      CANDOR_SMTP_PORT: "65536",
      CANDOR_SEED: "yes",
      CANDOR_DYNAMODB_ENDPOINT: "localhost:1",
    };
    const read = () => readSettings(wrong, now);
    expect(read).toThrow(StartFailure);
    for (const name of Object.keys(wrong)) expect(read).toThrow(name);
    expect(() => readSettings({ CANDOR_NOW_OFFSET: "90 days" }, now)).toThrow(
      "CANDOR_NOW_OFFSET is not a duration. Write it",
    );
  });
});
