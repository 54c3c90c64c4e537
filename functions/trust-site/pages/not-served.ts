import { html } from "hono/html";
import type { TenantProfile } from "#shared/tenant/tenant.ts";
import { layout } from "./layout.ts";

/** In the place of every page of a tenant that is suspended. Why is between the tenant and the operator. */
export const suspendedPage = ({ name }: TenantProfile, reportAddress: string) =>
  layout({
    title: `${name}: suspended`,
    name,
    main: html`
<h1>This trust center is suspended</h1>
<p class="lede">Nothing of it is shown for the time being, and nothing that it said before is confirmed.</p>
<p>A vulnerability can still be reported by mail to <a href="mailto:${reportAddress}"><code>${reportAddress}</code></a>:
what comes in is encrypted and kept.</p>`,
  });

/** In the place of every page of a tenant that is deleted, or about to be. */
export const gonePage = () =>
  layout({
    title: "No longer here",
    name: "Candor",
    main: html`
<h1>This trust center is closed</h1>
<p>It is not coming back under this name. Ask the organisation where it states its security now.</p>`,
  });

/** For a host that is nobody's here (RFC 9110 section 15.5.20). */
export const misdirectedPage = () =>
  layout({
    title: "Not served here",
    name: "Candor",
    main: html`
<h1>This host is not served here</h1>
<p>Check the address. If it is yours, claim it in the settings of your trust center, and set the record that is shown there.</p>`,
  });
