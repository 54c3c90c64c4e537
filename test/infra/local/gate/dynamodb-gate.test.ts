import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDynamodbGate } from "#infra/local/gate/dynamodb-gate.ts";
import { credentialsOf, errorName, failure, type GatedTable, gatedTable, people, table } from "./workbench.ts";

const TableName = table;
const denied = "AccessDeniedException";
const at = (pk: string, sk = "s") => ({ pk: { S: pk }, sk: { S: sk } });
const get = (pk: string) => new GetItemCommand({ TableName, Key: at(pk) });
const put = (pk: string) => new PutItemCommand({ TableName, Item: at(pk) });
const update = (pk: string, more = {}) =>
  new UpdateItemCommand({
    ...{ TableName, Key: at(pk), UpdateExpression: "SET v = :v" },
    ...{ ExpressionAttributeValues: { ":v": { S: "new" } }, ...more },
  });

let gated: GatedTable;

beforeAll(async () => {
  gated = await gatedTable();
  const host = gated.client(credentialsOf("host"));
  for (const tenant of ["acme", "acme-labs", "other"]) {
    const report = { ...at(`REPORT#${tenant}#r1#`), title: { S: `report of ${tenant}` } };
    const listed = { inboxKey: { S: `INBOX#${tenant}#` }, inboxAt: { S: "2026-11-21" } };
    await host.send(new PutItemCommand({ TableName, Item: { ...report, ...listed } }));
    await host.send(put(`TENANT#${tenant}#`));
  }
  const due = { dueKey: { S: "DUE#outbox#3#" }, dueAt: { S: "2026-11-21" } };
  await host.send(new PutItemCommand({ TableName, Item: { ...at("OUTBOX#acme#"), ...due } }));
});
afterAll(async () => await gated.close());

describe("a door at the table", () => {
  it("reads and writes what it has a right to", async () => {
    const intake = gated.client(credentialsOf("inbound-mail"));
    expect((await intake.send(get("TENANT#acme#"))).Item).toEqual(at("TENANT#acme#"));
    await intake.send(put("RECEIVED#x#"));
    await intake.send(update("SENDER#acme#"));
    const Keys = [at("RECEIVED#x#"), at("SEEN#acme#")];
    const { Responses } = await intake.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }));
    expect(Responses).toEqual({ [TableName]: [at("RECEIVED#x#")] });
  });

  it("takes a mail in but can't read a report", async () => {
    const intake = gated.client(credentialsOf("inbound-mail"));
    await intake.send(put("REPORT#acme#new#"));
    const values = { ":p": { S: "REPORT#acme#r1#" } };
    const query = { TableName, KeyConditionExpression: "pk = :p", ExpressionAttributeValues: values };
    const Keys = [at("RECEIVED#x#"), at("REPORT#acme#r1#")];
    const attempts = [
      get("REPORT#acme#r1#"),
      new QueryCommand(query),
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }),
      new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key: at("REPORT#acme#r1#") } }] }),
      new DeleteItemCommand({ TableName, Key: at("REPORT#acme#r1#") }),
    ];
    for (const attempt of attempts) expect(await errorName(intake.send(attempt as GetItemCommand))).toBe(denied);
  });

  it("can't have a write answer with what it may not read", async () => {
    const intake = gated.client(credentialsOf("inbound-mail"));
    const mayNot = { ConditionExpression: "attribute_not_exists(pk)" };
    const Update = { TableName, Key: at("REPORT#acme#r1#"), UpdateExpression: "SET v = if_not_exists(v, v)" };
    const attempts = [
      update("REPORT#acme#r1#", { ReturnValues: "ALL_NEW" }),
      update("REPORT#acme#r1#", { ReturnValues: "UPDATED_OLD" }),
      update("REPORT#acme#r1#", { ...mayNot, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
      new PutItemCommand({ TableName, Item: at("REPORT#acme#r1#"), ReturnValues: "ALL_OLD" }),
      new TransactWriteItemsCommand({
        TransactItems: [{ Update: { ...Update, ...mayNot, ReturnValuesOnConditionCheckFailure: "ALL_OLD" } }],
      }),
    ];
    for (const attempt of attempts) expect(await errorName(intake.send(attempt as UpdateItemCommand))).toBe(denied);
    expect(await errorName(intake.send(update("REPORT#acme#r1#", { ReturnValues: "NONE" })))).toBeUndefined();
  });

  it("is refused a transaction as a whole when one member is not granted", async () => {
    const intake = gated.client(credentialsOf("inbound-mail"));
    const granted = { Put: { TableName, Item: at("AUDIT#acme#", "whole") } };
    const values = { ":v": { S: "x" } };
    const forbidden = [
      { Put: { TableName, Item: at("MEMBER#acme#") } },
      {
        Update: { TableName, Key: at("AUDIT#acme#"), UpdateExpression: "SET v=:v", ExpressionAttributeValues: values },
      },
      { Delete: { TableName, Key: at("REPORT#acme#r1#") } },
      { ConditionCheck: { TableName, Key: at("REPORT#acme#r1#"), ConditionExpression: "attribute_exists(pk)" } },
    ];
    for (const member of forbidden) {
      const both = new TransactWriteItemsCommand({ TransactItems: [granted, member] });
      expect(await errorName(intake.send(both))).toBe(denied);
    }
    const host = gated.client(credentialsOf("host"));
    const written = await host.send(new GetItemCommand({ TableName, Key: at("AUDIT#acme#", "whole") }));
    expect(written.Item).toBeUndefined();
    await intake.send(new TransactWriteItemsCommand({ TransactItems: [granted] }));
  });

  it("can neither scan, nor speak PartiQL, nor write in batches, nor look at the table", async () => {
    const commands = [
      new ScanCommand({ TableName }),
      new ScanCommand({ TableName, IndexName: "inbox" }),
      new ExecuteStatementCommand({ Statement: `SELECT * FROM "${TableName}"` }),
      new BatchExecuteStatementCommand({ Statements: [{ Statement: `SELECT * FROM "${TableName}"` }] }),
      new ExecuteTransactionCommand({ TransactStatements: [{ Statement: `SELECT * FROM "${TableName}"` }] }),
      new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: at("AUDIT#acme#") } }] } }),
      new DescribeTableCommand({ TableName }),
    ];
    for (const door of ["inbound-mail", "outbox", "admin-api"] as const) {
      const client = gated.client(credentialsOf(door));
      for (const command of commands) expect(await errorName(client.send(command as ScanCommand))).toBe(denied);
    }
  });

  it("reaches an index only where it has a right on that index", async () => {
    const sweep = gated.client(credentialsOf("outbox-sweep"));
    const due = (pk: string, IndexName?: string): QueryCommandInput => ({
      ...{ TableName, KeyConditionExpression: "dueKey = :p", ExpressionAttributeValues: { ":p": { S: pk } } },
      ...(IndexName && { IndexName }),
    });
    expect((await sweep.send(new QueryCommand(due("DUE#outbox#3#", "due")))).Count).toBe(1);
    expect(await errorName(sweep.send(new QueryCommand(due("DUE#clock#3#", "due"))))).toBe(denied);
    expect(await errorName(sweep.send(new QueryCommand(due("DUE#outbox#3#"))))).toBe(denied);
    expect(await errorName(sweep.send(new QueryCommand(due("DUE#outbox#3#", "inbox"))))).toBe(denied);
    expect(await errorName(sweep.send(new QueryCommand(due("DUE#outbox#3#", "other"))))).toBe(denied);
    expect(await errorName(sweep.send(get("OUTBOX#acme#")))).toBe(denied);
  });

  it("is told who may not do what, and where rights stand", async () => {
    const site = gated.client(credentialsOf("trust-site"));
    expect((await failure(site.send(get("REPORT#acme#r1#"))))?.message).toBe(
      "User: role/trust-site is not authorized to perform: dynamodb:GetItem on the table, partitions REPORT#.... If it should be, add the right in infra/rights.ts.",
    );
  });

  it("reaches no other table", async () => {
    const intake = gated.client(credentialsOf("inbound-mail"));
    const TableName = "another-table";
    const mixed = { [table]: { Keys: [at("SEEN#acme#")] }, [TableName]: { Keys: [at("SEEN#acme#")] } };
    expect(await errorName(intake.send(new GetItemCommand({ TableName, Key: at("TENANT#acme#") })))).toBe(denied);
    expect(await errorName(intake.send(new BatchGetItemCommand({ RequestItems: mixed })))).toBe(denied);
  });
});

describe("the tenant role at the table", () => {
  const reports = (pk: string) =>
    new QueryCommand({
      ...{ TableName, KeyConditionExpression: "#p = :p", ExpressionAttributeNames: { "#p": "pk" } },
      ExpressionAttributeValues: { ":p": { S: pk } },
    });
  const inbox = (pk: string) =>
    new QueryCommand({
      ...{ TableName, IndexName: "inbox", KeyConditionExpression: "inboxKey = :p" },
      ExpressionAttributeValues: { ":p": { S: pk } },
    });

  it("reads its own tenant's items, and no other's, not even one whose slug begins alike", async () => {
    const staff = gated.client(gated.people.as({ tenant: "acme" }));
    expect((await staff.send(reports("REPORT#acme#r1#"))).Items?.[0]?.["title"]).toEqual({ S: "report of acme" });
    expect((await staff.send(inbox("INBOX#acme#"))).Count).toBe(1);
    for (const foreign of ["acme-labs", "other"]) {
      expect(await errorName(staff.send(get(`REPORT#${foreign}#r1#`)))).toBe(denied);
      expect(await errorName(staff.send(get(`TENANT#${foreign}#`)))).toBe(denied);
      expect(await errorName(staff.send(reports(`REPORT#${foreign}#r1#`)))).toBe(denied);
      expect(await errorName(staff.send(inbox(`INBOX#${foreign}#`)))).toBe(denied);
      expect(await errorName(staff.send(put(`AUDIT#${foreign}#`)))).toBe(denied);
    }
    expect(await errorName(staff.send(put("AUDIT#acme#")))).toBeUndefined();
  });

  it("reaches nothing without the tag", async () => {
    for (const tags of [{}, { tenant: "" }, { Tenant: "acme" }]) {
      const staff = gated.client(gated.people.as(tags));
      expect(await errorName(staff.send(get("TENANT#acme#")))).toBe(denied);
      expect(await errorName(staff.send(get("TENANT##")))).toBe(denied);
      expect(await errorName(staff.send(inbox("INBOX##")))).toBe(denied);
    }
  });

  it("can't hide a foreign key in an expression", async () => {
    const staff = gated.client(gated.people.as({ tenant: "acme" }));
    const values = { ":mine": { S: "REPORT#acme#r1#" }, ":theirs": { S: "REPORT#other#r1#" } };
    const names = { "#pk": "sk", "#sk": "pk" };
    const tricks: Partial<QueryCommandInput>[] = [
      { KeyConditionExpression: "pk = :theirs" },
      { KeyConditionExpression: "#sk = :theirs AND #pk = :mine", ExpressionAttributeNames: names },
      { KeyConditionExpression: "pk = :mine OR pk = :theirs" },
      { KeyConditionExpression: ":theirs = pk" },
      { KeyConditionExpression: "begins_with(pk, :mine)" },
      { KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [values[":theirs"]] } } },
      { IndexName: "inbox", KeyConditionExpression: "pk = :mine" },
      {},
    ];
    for (const trick of tricks) {
      const ExpressionAttributeValues = values;
      const query = new QueryCommand({ TableName, ExpressionAttributeValues, ...trick });
      expect(await errorName(staff.send(query))).toBe(denied);
    }
  });
});

describe("a caller at the table", () => {
  it("with a key that nobody has is not recognised", async () => {
    const nobody = gated.client({ accessKeyId: "AKIANOBODY", secretAccessKey: "x" });
    expect(await errorName(nobody.send(get("TENANT#acme#")))).toBe("UnrecognizedClientException");
  });

  it("with a session's key needs its token", async () => {
    const { accessKeyId, secretAccessKey } = gated.people.as({ tenant: "acme" });
    for (const more of [{}, { sessionToken: "wrong" }]) {
      const stranger = gated.client({ accessKeyId, secretAccessKey, ...more });
      expect(await errorName(stranger.send(get("TENANT#acme#")))).toBe("UnrecognizedClientException");
    }
  });

  it("in a role that is none of ours is not recognised", async () => {
    const stranger = gated.client(gated.people.as({ tenant: "acme" }, "administrator"));
    expect(await errorName(stranger.send(get("TENANT#acme#")))).toBe("UnrecognizedClientException");
  });

  it("who does not sign, or sends no JSON, or too much, is refused", async () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${credentialsOf("trust-site").accessKeyId}/x`;
    const send = async (headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) => {
      const target = { "x-amz-target": "DynamoDB_20120810.GetItem", ...headers };
      const answer = await fetch(gated.url, { method: "POST", headers: target, body });
      const { __type } = (await answer.json()) as { __type: string };
      return __type.replace(/^.*#/, "");
    };
    expect(await send({}, "{}")).toBe("UnrecognizedClientException");
    expect(await send({ authorization }, "{")).toBe("SerializationException");
    expect(await send({ authorization }, "[]")).toBe(denied);
    expect(await send({ authorization, "x-amz-target": "Other.GetItem" }, "{}")).toBe("UnknownOperationException");
    expect(await send({ authorization }, new Uint8Array(17 * 1024 * 1024))).toBe("RequestEntityTooLarge");
  });

  it("who names a key twice is judged by the one that the table takes", async () => {
    const credential = `Credential=${credentialsOf("trust-site").accessKeyId}/20261121/us-east-1/dynamodb/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`;
    const headers = {
      ...{ authorization, "x-amz-date": "20261121T120000Z", "x-amz-target": "DynamoDB_20120810.GetItem" },
      "content-type": "application/x-amz-json-1.0",
    };
    const mine = `"pk":{"S":"TENANT#acme#"}`;
    const theirs = `"pk":{"S":"REPORT#acme#r1#"}`;
    const bodies = [
      `{"TableName":"${table}","Key":{${theirs},${mine},"sk":{"S":"s"}}}`,
      `{"TableName":"${table}","Key":{"\\u0070k":{"S":"REPORT#acme#r1#","S":"TENANT#acme#"},"sk":{"S":"s"}}}`,
    ];
    for (const body of bodies) {
      const answer = await fetch(gated.url, { method: "POST", headers, body });
      const text = await answer.text();
      expect(text).toContain("TENANT#acme#");
      expect(text).not.toContain("REPORT#");
    }
    const other = `{"TableName":"${table}","Key":{${mine},${theirs},"sk":{"S":"s"}}}`;
    expect((await fetch(gated.url, { method: "POST", headers, body: other })).status).toBe(400);
  });
});

describe("the gate in front of a table", () => {
  it("passes the body on unchanged, under the host's key", async () => {
    const seen: { authorization: string | undefined; body: string }[] = [];
    const behind = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        seen.push({ authorization: request.headers.authorization, body: Buffer.concat(chunks).toString() });
        response.end("{}");
      });
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => behind.once("listening", resolve));
    const upstream = `http://127.0.0.1:${String((behind.address() as AddressInfo).port)}`;
    const gate = await startDynamodbGate({ port: 0, upstream, table, principals: people().principals });
    const body = `{ "TableName" : "${table}",\n "Key" : {"pk":{"S":"TENANT#\\u0061cme#"},"sk":{"S":"ü"}} }`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credentialsOf("trust-site").accessKeyId}/2026/x, Signature=1`;
    const headers = { authorization, "x-amz-target": "DynamoDB_20120810.GetItem" };
    expect((await fetch(gate.url, { method: "POST", headers, body })).status).toBe(200);
    expect(seen).toEqual([{ authorization: "AWS4-HMAC-SHA256 Credential=AKIAHOST/2026/x, Signature=1", body }]);
    await gate.close();
    behind.closeAllConnections();
    behind.close();
  });

  it("answers with a server error when the table is away", async () => {
    const gate = await startDynamodbGate({
      ...{ port: 0, upstream: "http://127.0.0.1:1", table },
      principals: people().principals,
    });
    const authorization = `AWS4-HMAC-SHA256 Credential=${credentialsOf("trust-site").accessKeyId}/x`;
    const headers = { authorization, "x-amz-target": "DynamoDB_20120810.GetItem" };
    const body = `{"TableName":"${table}","Key":{"pk":{"S":"TENANT#acme#"}}}`;
    expect((await fetch(gate.url, { method: "POST", headers, body })).status).toBe(500);
    await gate.close();
  });

  it("fails and delays calls where a test asks it to", async () => {
    const faulty = await gatedTable(({ operation, principal }) => {
      if (principal === "host") return undefined;
      if (operation === "TransactWriteItems") return { name: "TransactionCanceledException" };
      return operation === "PutItem" ? { name: "ProvisionedThroughputExceededException" } : { delayMs: 60 };
    });
    const intake = faulty.client(credentialsOf("inbound-mail"));
    const Put = { TableName, Item: at("AUDIT#acme#") };
    const cancelled = await failure(intake.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }, { Put }] })));
    expect(cancelled).toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: [{ Code: "TransactionConflict" }, { Code: "None" }],
    });
    expect(await errorName(intake.send(put("AUDIT#acme#")))).toBe("ProvisionedThroughputExceededException");
    const start = performance.now();
    await intake.send(get("TENANT#acme#"));
    expect(performance.now() - start).toBeGreaterThanOrEqual(59);
    const host = faulty.client(credentialsOf("host"));
    expect((await host.send(get("AUDIT#acme#"))).Item).toBeUndefined();
    await faulty.close();
  });
});
