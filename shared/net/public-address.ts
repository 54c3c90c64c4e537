import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Whether an IP address is one of the public Internet's: unicast, and none that the IANA special-purpose registries
 * (RFC 6890) give to networks inside, to this host, to documentation, or to carrying IPv4 within IPv6.
 */
export function isPublicAddress(text: string): boolean {
  // The library also reads forms that a connection would not: 8.8.8 and the like.
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  // Of IPv6 only 2000::/3 is handed out; the library calls the rest unicast too.
  return !(address instanceof ipaddr.IPv6) || address.match(globalUnicast, 3);
}

const globalUnicast = ipaddr.IPv6.parse("2000::");
