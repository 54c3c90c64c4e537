import * as z from "zod";

/**
 * An origin (RFC 6454 section 6.2) whose pages may call the API: `https://app.example`. Over plain HTTP only on this machine,
 * where nobody listens on the way.
 */
export const WebOrigin = z
  .string()
  .max(300)
  .refine(isOrigin, "write an origin such as https://app.example, without a path");

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol, hostname } = new URL(text);
  if (origin !== text) return false;
  const onThisMachine = hostname === "127.0.0.1" || hostname === "localhost" || hostname.endsWith(".localhost");
  return protocol === "https:" || (protocol === "http:" && onThisMachine);
}
