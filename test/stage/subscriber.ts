import { expect } from "vitest";
import type { SentMail } from "#infra/local/ses/mailbox.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { subscriptions } from "./doors.ts";
import { deliverAll, mailsTo } from "./sent-mail.ts";
import type { Stage } from "./stage.ts";

/** Posts to a tenant's host as a program does; `form` as a browser does. */
export function post(stage: Stage, tenant: TenantScope, path: string, body: object, form = false): Promise<Response> {
  const host = `${tenant.tenant}.localhost`;
  const [type, accept] = form ? ["application/x-www-form-urlencoded", "text/html"] : ["application/json", "*/*"];
  return Promise.resolve(
    subscriptions(stage).request(`http://${host}${path}`, {
      method: "POST",
      headers: { host, "content-type": type, accept },
      body: form ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body),
    }),
  );
}

/** The token of the link in a mail that leads to this page. */
export function tokenIn(mail: SentMail | undefined, page: "confirm" | "unsubscribe"): string {
  const found = new RegExp(`/subscribe/${page}\\?token=(\\S+)`).exec(mail?.text ?? "")?.[1];
  if (found === undefined) throw new Error(`No link to ${page} in: ${mail?.text ?? "no mail"}`);
  return found;
}

/** Asks for mail, and confirms it from the mail that comes. */
export async function subscribe(stage: Stage, tenant: TenantScope, address: string, choice: object = {}) {
  expect((await post(stage, tenant, "/subscribe", { address, ...choice })).status).toBe(202);
  await deliverAll(stage, tenant);
  const token = tokenIn(mailsTo(stage, address).at(-1), "confirm");
  expect((await post(stage, tenant, "/subscribe/confirm", { token })).status).toBe(200);
  return token;
}
