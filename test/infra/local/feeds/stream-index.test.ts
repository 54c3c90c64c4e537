import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { startDynamodb } from "#infra/local/storage/dynamodb.ts";
import { temporaryFolder } from "#test/infra/local/temporary-folder.ts";

/** What dynoxide 1.2.1 asks before it writes a stream record. */
const newest =
  "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = 'x'";

describe("the local table", () => {
  it("finds the newest stream record by an index, at the second start too", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "table.sqlite");
    for (let start = 0; start < 2; start++) {
      const table = await startDynamodb({ file, pidFile: join(folder, "pid"), table: "candor-test" });
      await table.stop();
    }
    const database = new DatabaseSync(file, { readOnly: true });
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${newest}`).all();
    database.close();
    expect(plan.map((step) => String(step["detail"]))).toEqual([
      expect.stringMatching(/INDEX candor_stream_position \(table_name=/),
    ]);
  });
});
