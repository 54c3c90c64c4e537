import { describe, expect, it } from "vitest";
import { GuardFailed, type Item } from "#shared/store/table.ts";
import { useStage } from "#test/stage/stage.ts";

const stage = useStage();
const days = ["2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04"];

async function filled(pk: string): Promise<string> {
  await stage.table.transact(days.map((sk) => ({ put: { pk, sk, n: 1 } })));
  return pk;
}
const sortsOf = ({ items }: { items: readonly Item[] }) => items.map(({ sk }) => sk);

describe("the table", () => {
  it("lists what lies within two sort keys, both included, from either end", async () => {
    const partition = await filled("RANGE#a#");
    const within = { from: "2026-05-02", to: "2026-05-03" };
    expect(sortsOf(await stage.table.list({ partition, within }))).toEqual(days.slice(1, 3));
    expect(sortsOf(await stage.table.list({ partition, within, newestFirst: true, limit: 1 }))).toEqual([days[2]]);
    expect(sortsOf(await stage.table.list({ partition, newestFirst: true }))).toEqual(days.toReversed());
    expect(sortsOf(await stage.table.list({ partition, prefix: "2026-05-04" }))).toEqual([days[3]]);
  });

  it("deletes under a guard, and what is not there without complaint", async () => {
    const pk = await filled("DELETED#a#");
    const [first = "", second = ""] = days;
    const wrong = { delete: { pk, sk: first }, guard: { equals: { n: 2 } } };
    await expect(stage.table.write(wrong)).rejects.toThrow(GuardFailed);
    await stage.table.write({ delete: { pk, sk: first }, guard: { equals: { n: 1 } } });
    await stage.table.transact([{ delete: { pk, sk: first } }, { delete: { pk, sk: second } }]);
    expect(sortsOf(await stage.table.list({ partition: pk }))).toEqual(days.slice(2));
  });

  it("checks one item for the write of another", async () => {
    const pk = await filled("CHECKED#a#");
    const there = { check: { pk, sk: days[0] ?? "" }, guard: "present" } as const;
    const missing = { check: { pk, sk: "never" }, guard: "present" } as const;
    await stage.table.transact([there, { put: { pk, sk: "one" } }]);
    await expect(stage.table.transact([{ put: { pk, sk: "two" } }, missing])).rejects.toMatchObject({ positions: [1] });
    await expect(stage.table.write(missing)).rejects.toThrow(GuardFailed);
    expect(sortsOf(await stage.table.list({ partition: pk, prefix: "t" }))).toEqual([]);
    expect(sortsOf(await stage.table.list({ partition: pk, prefix: "o" }))).toEqual(["one"]);
  });
});
