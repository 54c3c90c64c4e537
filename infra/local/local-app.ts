import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as z from "zod";
import type { Scheduler } from "#infra/local/feeds/scheduler.ts";
import type { Login } from "#infra/local/login/login.ts";
import { Login as LoginName } from "#infra/local/login/login-account.ts";
import { type Html, securityHeaders } from "#infra/local/pages/page-style.ts";

export interface LocalPorts {
  readonly scheduler: Scheduler;
  readonly login: Login;
  /** The inbound notification of this SES message id, as JSON. */
  notification(id: string): string | undefined;
  publish(topic: "inbound" | "feedback", message: string): Promise<void>;
  startPage(): Html;
  readonly now: () => Date;
}

const Instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** The host `localhost`: the start page, and what a test or a curious person may make happen. */
export function localApp(ports: LocalPorts): Hono {
  const app = new Hono();
  app.get("/", (c) => c.html(ports.startPage(), 200, { ...securityHeaders }));
  app.use("/_local/*", async (c, next) => (isForeign(c) ? problem(c, 403, foreign) : next()));
  app.post("/_local/schedule/:rule", (c) => runRule(c, ports));
  app.post("/_local/ses-feedback", async (c) => {
    const event = await c.req.text();
    if (!isJsonObject(event)) return problem(c, 422, "Send one SES event, a JSON object, as the body.");
    await ports.publish("feedback", event);
    return c.json({ published: "feedback" }, 202);
  });
  app.post("/_local/redeliver/:id", async (c) => {
    const notification = ports.notification(c.req.param("id"));
    if (notification === undefined) {
      return problem(c, 404, "No mail with this SES message id was taken in. The 250 answer of SMTP names the id.");
    }
    await ports.publish("inbound", notification);
    return c.json({ published: "inbound" }, 202);
  });
  app.post("/_local/token", async (c) => {
    const login = LoginName.safeParse(await c.req.json().catch(() => undefined));
    if (!login.success) return problem(c, 422, 'Send {"tenant":"hearth","role":"owner"}, or {"tenant":"platform"}.');
    const { accessToken, expiresIn } = await ports.login.token(login.data);
    return c.json({ access_token: accessToken, token_type: "Bearer", expires_in: expiresIn });
  });
  app.notFound((c) => problem(c, 404, "There is no such page. The start page is at /."));
  return app;
}

async function runRule(c: Context, { scheduler, now }: LocalPorts): Promise<Response> {
  const given = c.req.query("at");
  const at = given === undefined ? { success: true as const, data: now() } : Instant.safeParse(given);
  if (!at.success) return problem(c, 422, "Write at as an RFC 3339 instant: ?at=2026-12-01T08:00:00Z");
  const rule = c.req.param("rule") ?? "";
  const run = scheduler.run(rule, at.data);
  if (!run)
    return problem(
      c,
      404,
      `There is no rule ${rule.slice(0, 60)} yet. Those that exist: ${scheduler.rules.join(", ")}.`,
    );
  try {
    return c.json(await run);
  } catch {
    return problem(c, 500, `The rule ${rule} failed. The doors' log in the home folder says why.`);
  }
}

const foreign = "Only pages of this host may do this. Use a command line, or the start page.";

/** A page of another site, open in the same browser, could otherwise act here. Programs send neither header. */
function isForeign(c: Context): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  const origin = c.req.header("origin");
  return origin !== undefined && origin !== new URL(c.req.url).origin;
}

function problem(c: Context, status: ContentfulStatusCode, detail: string): Response {
  const title = titles[status] ?? "Error";
  return c.json({ type: "about:blank", title, status, detail }, status, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
  });
}

const titles: Readonly<Record<number, string>> = {
  403: "Forbidden",
  404: "Not Found",
  422: "Unprocessable Content",
  500: "Internal Server Error",
};

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
