/** A door for tests: a streamed web application. */
import { Hono } from "hono";
import { streamHandle } from "hono/aws-lambda";

const app = new Hono();
app.get("/healthz", (c) => c.text("ok"));
app.get("/empty", (c) => c.body(null, 204));
app.get("/big", (c) => {
  let left = Number(c.req.query("mb"));
  const body = new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new Uint8Array(1024 * 1024).fill(left % 256));
      else controller.close();
    },
  });
  return c.body(body, 200, { "content-type": "application/octet-stream", "x-made": "here" });
});
app.get("/breaks", (c) => {
  let pulls = 0;
  const body = new ReadableStream({
    pull(controller) {
      pulls += 1;
      if (pulls < 3) controller.enqueue(new Uint8Array(1000));
      else controller.error(new Error("broke on purpose"));
    },
  });
  return c.body(body);
});
export const handler = streamHandle(app);
