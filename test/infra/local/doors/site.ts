/** A door for tests: a buffered web application. */
import { Hono } from "hono";
import { handle } from "hono/aws-lambda";

const app = new Hono();
app.get("/healthz", (c) => c.text("ok"));
app.get("/page", (c) => {
  if (c.req.header("if-none-match") === '"v1"') return c.body(null, 304, { etag: '"v1"' });
  return c.html("<p>page</p>", 200, { etag: '"v1"' });
});
app.get("/cookies", (c) => {
  c.header("set-cookie", "a=1; HttpOnly", { append: true });
  c.header("set-cookie", "b=2", { append: true });
  return c.text(c.req.header("cookie") ?? "");
});
app.get("/bytes", (c) => c.body(new Uint8Array([0, 255, 254, 1]), 200, { "content-type": "application/octet-stream" }));
app.get("/throw", () => {
  throw new Error("asked to");
});
app.all("/echo", async (c) =>
  c.json({
    method: c.req.method,
    query: c.req.queries(),
    url: c.req.url,
    headers: c.req.header(),
    body: Buffer.from(await c.req.arrayBuffer())
      .toString("hex")
      .slice(0, 200),
    event: (c.env as { event: unknown }).event,
  }),
);
export const handler = handle(app);
