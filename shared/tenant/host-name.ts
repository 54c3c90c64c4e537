import * as z from "zod";

/**
 * The name of a host of a tenant's own: `trust.example.com`, in lower case, internationalised labels as A-labels (RFC 5890).
 * Short enough for the name of its challenge (RFC 1035 section 2.3.4).
 */
export const HostName = z
  .string()
  .max(230)
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/,
    "write a host name in lower case, such as trust.example.com; no address, no port",
  )
  .refine((host) => !isSpecial(host), "this name is for special use and is nobody's on the internet (RFC 6761)")
  .brand<"HostName">();
export type HostName = z.infer<typeof HostName>;

/** Whether a host lies within the domain that the service gives its tenants hosts in. */
export function isServiceHost(host: string, siteDomain: string): boolean {
  return host === siteDomain || host.endsWith(`.${siteDomain}`);
}

const specialUse = ["localhost", "local", "invalid", "onion", "internal", "arpa"];

function isSpecial(host: string): boolean {
  return specialUse.includes(host.slice(host.lastIndexOf(".") + 1));
}
