import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { startDynamodb } from "#infra/local/storage/dynamodb.ts";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { temporaryFolder } from "#test/infra/local/temporary-folder.ts";

const filesIn = (folder: string) => ({
  file: join(folder, "t.sqlite"),
  pidFile: join(folder, "t.pid"),
  table: "candor",
});

describe("the local DynamoDB", () => {
  it("has the table with its indexes, stream and time to live, made once", async () => {
    const files = filesIn(temporaryFolder());
    const first = await startDynamodb(files);
    const other = await startDynamodb({ ...filesIn(temporaryFolder()), endpoint: first.endpoint });
    expect(other.streamArn).toBe(first.streamArn);
    const client = new DynamoDBClient(hostClient(first.endpoint));
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "candor" }));
    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(["pk", "sk"]);
    expect(
      Table?.GlobalSecondaryIndexes?.map(({ IndexName, Projection }) => [IndexName, Projection?.ProjectionType]),
    ).toEqual([
      ["inbox", "ALL"],
      ["due", "KEYS_ONLY"],
    ]);
    expect(Table?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: "KEYS_ONLY" });
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: "candor" }));
    expect(TimeToLiveDescription?.AttributeName).toBe("expiresAt");
    client.destroy();
    await first.stop();
  });

  it("ends with its host where that alone is killed", async () => {
    const files = filesIn(temporaryFolder());
    const program = `const { startDynamodb } = await import(${JSON.stringify(new URL("../../../../infra/local/storage/dynamodb.ts", import.meta.url).href)});
      await startDynamodb(${JSON.stringify(files)}); process.stdout.write("up");`;
    const host = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(host.stdout, "data");
    const pid = Number(readFileSync(files.pidFile, "utf8"));
    process.kill(pid, 0);
    host.kill("SIGKILL");
    await expect.poll(() => alive(pid)).toBe(false);
  });

  it("that can't be reached is named with its variable", async () => {
    const start = startDynamodb({ ...filesIn(temporaryFolder()), endpoint: "http://127.0.0.1:1" });
    await expect(start).rejects.toThrow("Check CANDOR_DYNAMODB_ENDPOINT");
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
