/** Whether the host of a request is a tenant's, and whether that tenant is served. */
import { Failure, type FailureCode } from "#shared/failure.ts";
import { problemResponse } from "#shared/http/problem.ts";
import type { TenantProfile } from "#shared/tenant/tenant.ts";
import { gonePage, misdirectedPage, suspendedPage } from "./pages/not-served.ts";

interface Asked {
  readonly accept: string | undefined;
  /** The headers of every page. */
  readonly pageHeaders: Readonly<Record<string, string>>;
}

/** The answer to a request for a host that is nobody's: 421. */
export const misdirected = (asked: Asked): Response =>
  refusal(asked, misdirectedPage(), "misdirected", "This host is not served here. Check its name.");

/** The answer in the place of all others while a tenant is not served: 503, or 410 once it is deleted or about to be. */
export function notServed(
  { standing, ...profile }: TenantProfile,
  reportAddress: string,
  asked: Asked,
): Response | undefined {
  switch (standing.state) {
    case "active":
      return undefined;
    case "suspended":
      return refusal(
        asked,
        suspendedPage({ standing, ...profile }, reportAddress),
        "suspended",
        `This trust center is suspended. Reports by mail to ${reportAddress} are still taken in and kept.`,
      );
    case "closing":
    case "closed":
      return refusal(asked, gonePage(), "gone", "This trust center is closed.");
  }
}

/** A page for whoever reads HTML, a problem document (RFC 9457) for everybody else; the same status and headers. */
function refusal({ accept = "", pageHeaders }: Asked, page: string, code: FailureCode, detail: string): Response {
  const problem = problemResponse(new Failure(code, detail), crypto.randomUUID());
  const { status, headers } = problem;
  headers.append("vary", "Host, Accept");
  if (!accept.includes("text/html")) return problem;
  for (const [name, value] of Object.entries(pageHeaders)) headers.set(name, value);
  headers.set("content-type", "text/html; charset=utf-8");
  return new Response(page, { status, headers });
}
