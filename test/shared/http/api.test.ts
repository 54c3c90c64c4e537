import { describe, expect, it } from "vitest";
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { type ApiVariables, newApi } from "#shared/http/api.ts";
import { standingHeaders } from "#shared/http/standing-headers.ts";

type Env = { Variables: ApiVariables };

function sampleApi() {
  const refused: string[] = [];
  const errors: unknown[] = [];
  const api = newApi<Env>({
    ...{ title: "Sample", description: "A sample.", documentAt: "/openapi.json", referenceAt: "/" },
    report: (error) => void errors.push(error),
    refused: async ({ code }) => void refused.push(code),
  });
  const Thing = z.strictObject({ name: z.string().max(10), tags: z.array(z.string()).optional() });
  api.declare(
    {
      ...{ method: "post", path: "/things/{id}", group: "Things", permission: "thing.make", summary: "Make a thing" },
      params: z.object({ id: z.string().regex(/^[a-z]+$/) }),
      query: z.strictObject({ n: z.coerce.number().int().min(1).default(1) }),
      body: Thing,
      bodyAtMost: 200,
      answers: { 201: { description: "It.", json: Thing } },
    },
    (c) => c.json({ ...c.req.valid("json"), name: `${c.req.valid("param").id}${String(c.req.valid("query").n)}` }, 201),
  );
  api.declare(
    {
      ...{ method: "patch", path: "/things/{id}", group: "Things", permission: "thing.make", summary: "Change it" },
      ifMatch: "required",
      answers: { 204: { description: "Done." } },
    },
    (c) => c.body(null, 204),
  );
  api.declare(
    { ...{ method: "get", path: "/broken", group: "Things", permission: "open", summary: "Break" }, answers: {} },
    () => {
      throw new Error("a secret");
    },
  );
  return { app: api.app, refused, errors };
}

async function ask(path: string, init: RequestInit = {}) {
  const { app, refused, errors } = sampleApi();
  const answer = await app.request(path, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: parse(text), refused, errors };
}

// biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer's JSON is for the test to check.
function parse(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const post = (body: NonNullable<RequestInit["body"]>, path = "/things/a") => ask(path, { method: "POST", body });

describe("what is sent to an API", () => {
  it("becomes typed values for the handler", async () => {
    const answer = await post('{"name":"x","tags":["1"]}', "/things/a?n=7");
    expect([answer.status, answer.body]).toEqual([201, { name: "a7", tags: ["1"] }]);
  });

  it("is answered with every standing header, whatever becomes of it", async () => {
    for (const answer of [await post('{"name":"x"}'), await post("{"), await ask("/nothing"), await ask("/broken")])
      expect(Object.fromEntries(answer.headers)).toMatchObject(standingHeaders);
  });

  it.each([
    ["/things/a", '{"name":"x","colour":"red"}', [{ pointer: "/colour", detail: "is not known here: leave it out" }]],
    ["/things/a", '{"name":1}', [{ pointer: "/name", detail: expect.any(String) }]],
    ["/things/a", '{"name":"x","tags":["a",1]}', [{ pointer: "/tags/1", detail: expect.any(String) }]],
    ["/things/a", '{"name":"\\ud800"}', [{ pointer: "/name", detail: "must be valid Unicode" }]],
    ["/things/a", '{"\\udc00":1,"name":"x"}', [{ pointer: "", detail: "must be valid Unicode" }]],
    ["/things/a?n=0", '{"name":"x"}', [{ pointer: "/n", detail: expect.any(String), in: "query" }]],
    ["/things/a?m=1", '{"name":"x"}', [{ pointer: "/m", detail: expect.any(String), in: "query" }]],
    ["/things/a?n=1&n=2", '{"name":"x"}', [{ pointer: "/n", detail: "is given twice", in: "query" }]],
  ])("is refused with a pointer to each fault: %s %s", async (path, body, errors) => {
    const answer = await post(body, path);
    expect([answer.status, answer.body.type, answer.body.errors]).toEqual([422, "urn:candor:problem:invalid", errors]);
    expect(answer.refused).toEqual(["invalid"]);
  });

  it.each([
    ["nothing", "", 400],
    ["half of it", '{"name":', 400],
    ["no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), 400],
    ["33 levels", "[".repeat(33), 400],
    ["33 levels in a whole document", `{"name":${"[".repeat(32)}${"]".repeat(32)}}`, 400],
    ["brackets in a text", `{"name":"${"[".repeat(100)}"}`, 422],
    ["201 bytes", `{"name":"x"}${" ".repeat(201 - 12)}`, 413],
    ["2 MB", " ".repeat(2_000_000), 413],
  ])("is refused for %s", async (_, body, status) => {
    const answer = await post(body);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
  });

  it("is taken up to the last byte, and counted where its length is claimed to be less", async () => {
    expect((await post(`{"name":"x"}${" ".repeat(200 - 12)}`)).status).toBe(201);
    const pieces = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 10; n++) controller.enqueue(new Uint8Array(100).fill(0x20));
        controller.close();
      },
    });
    const init: RequestInit & { duplex: "half" } = { method: "POST", body: pieces, duplex: "half" };
    expect((await ask("/things/a", { ...init, headers: { "content-length": "10" } })).status).toBe(413);
  });

  it("names no thing where the path can't be one's: 404 before anything else is looked at", async () => {
    const never = await ask("/nothing");
    for (const path of ["/things/A", "/things/a1?m=1"]) {
      const answer = await post("{", path);
      expect([answer.status, answer.text.replace(answer.body.request, "")]).toEqual([
        ...[404, never.text.replace(never.body.request, "")],
      ]);
    }
  });

  it("says which methods a path has", async () => {
    const answer = await ask("/things/a", { method: "DELETE" });
    expect([answer.status, answer.body.detail, answer.headers.get("allow")]).toEqual([
      ...[405, "POST, PATCH is understood here.", "POST, PATCH"],
    ]);
  });

  it("needs the state that is changed where the operation wants it", async () => {
    expect((await ask("/things/a", { method: "PATCH" })).status).toBe(428);
    expect((await ask("/things/a", { method: "PATCH", headers: { "if-match": '"1"' } })).status).toBe(204);
  });

  it("that finds a bug is answered with a bare 500, and the bug is reported", async () => {
    const answer = await ask("/broken");
    expect([answer.status, answer.body.type]).toEqual([500, "urn:candor:problem:internal"]);
    expect(answer.text).not.toContain("secret");
    expect(answer.errors).toEqual([new Error("a secret")]);
    expect(answer.refused).toEqual([]);
  });
});

describe("a failure", () => {
  it("tells when to come again", async () => {
    const { app } = sampleApi();
    app.get("/later", () => {
      throw new Failure("rate-limited", "Come again.", { retryAfter: 7 });
    });
    const answer = await app.request("/later");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "7"]);
  });
});

describe("the reference page", () => {
  it("needs no script and nothing from elsewhere, and has every operation", async () => {
    const { text, headers } = await ask("/");
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+';/);
    expect(text).not.toMatch(/<script|style="|https?:/);
    expect(text).toContain("POST /things/{id}");
    expect(text).toContain("thing.make");
  });
});
