import { describe, expect, it } from "vitest";
import { remembered } from "#shared/store/remembered.ts";

function counting() {
  const clock = { now: 0 };
  let asked = 0;
  const recall = remembered<number>({ age: 1_000, most: 2, now: () => new Date(clock.now) });
  const ask = async () => ++asked;
  return { clock, recall, ask, asked: () => asked };
}

describe("a remembered answer", () => {
  it("is given again until it is too old", async () => {
    const { clock, recall, ask } = counting();
    expect([await recall("a", ask), await recall("a", ask)]).toEqual([1, 1]);
    clock.now = 999;
    expect(await recall("a", ask)).toBe(1);
    clock.now = 1_000;
    expect(await recall("a", ask)).toBe(2);
  });

  it("is asked for once by all who ask at the same time, each name apart", async () => {
    const { recall, ask, asked } = counting();
    expect(await Promise.all([recall("a", ask), recall("a", ask), recall("b", ask)])).toEqual([1, 1, 2]);
    expect(asked()).toBe(2);
  });

  it("is not kept where it failed", async () => {
    const { recall, ask } = counting();
    await expect(recall("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await recall("a", ask)).toBe(1);
  });

  it("makes room when there are too many", async () => {
    const { recall, ask } = counting();
    for (const name of ["a", "b", "c"]) await recall(name, ask);
    expect(await recall("a", ask)).toBe(4);
  });
});
