import { describe, expect, it } from "vitest";
import { Failure } from "#shared/failure.ts";
import { KeyUnavailable } from "#shared/sealing/vault.ts";
import { runBatch } from "#shared/transit/batch.ts";

const items = Array.from({ length: 500 }, (_, n) => n);

describe("a batch", () => {
  it("has a result for each item, in order, whenever it is done", async () => {
    const results = await runBatch(items, async (n) => {
      await new Promise((resolve) => setTimeout(resolve, (n * 7) % 5));
      return { n };
    });
    expect(results).toEqual(items.map((n) => ({ n })));
  });

  it("lets one item fail alone, and a key that is shut off too", async () => {
    const results = await runBatch([0, 1, 2], async (n) => {
      if (n === 1) throw new Failure("undecipherable", "no");
      if (n === 2) throw new KeyUnavailable("off");
      return { n };
    });
    expect(results).toEqual([
      { n: 0 },
      { error: { code: "undecipherable", detail: "no" } },
      { error: { code: "unavailable", detail: "off" } },
    ]);
  });

  it("fails as a whole when something fails that was not meant to", async () => {
    await expect(
      runBatch(items, async (n) => {
        if (n === 3) throw new TypeError("a bug");
        return { n };
      }),
    ).rejects.toThrow("a bug");
  });

  it("works on sixteen items at a time", async () => {
    let running = 0;
    let most = 0;
    await runBatch(items, async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return {};
    });
    expect(most).toBe(16);
  });
});
