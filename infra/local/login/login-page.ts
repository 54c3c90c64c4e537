import { html } from "hono/html";
import { type Html, page } from "#infra/local/pages/page-style.ts";
import { roles } from "./login-account.ts";

/** Every login, one press each; those of the tenant that the hint names alone, where it names one. */
export function loginPage(tenants: readonly string[], hint: string | undefined): Html {
  const hinted = tenants.filter((tenant) => hint === tenant || hint?.startsWith(`${tenant}-`));
  const shown = hinted.length > 0 ? hinted : tenants;
  const body = html`<h1>Who are you?</h1>
<p class="lead">These logins exist on this machine only and have no password.</p>
<form method="post">
${shown.map(
  (tenant) => html`<h2>${tenant}</h2>
<p>${roles.map((role) => html`<button name="login" value="${tenant}-${role}">${role}</button> `)}</p>`,
)}
<h2>The service itself</h2>
<p><button name="login" value="platform">platform</button></p>
</form>`;
  return page({ title: "Log in", body, bar: "Candor login" });
}
