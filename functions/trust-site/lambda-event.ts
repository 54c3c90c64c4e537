/** Lambda's HTTP events (payload format 2.0) and answers, as they are: nothing is made of them that a kept page does not need. */
import type { LambdaEvent } from "hono/aws-lambda";
import type { SiteAnswer, SiteRequest } from "./site-request.ts";

interface HttpEvent {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: { readonly http: { readonly method: string } };
}

export function siteRequestOf(event: HttpEvent): SiteRequest {
  const { headers } = event;
  return {
    method: event.requestContext.http.method,
    host: headers["host"] ?? "",
    scheme: headers["x-forwarded-proto"] === "http" ? "http" : "https",
    path: event.rawPath,
    query: event.rawQueryString,
    acceptLanguage: headers["accept-language"],
    acceptEncoding: headers["accept-encoding"],
    ifNoneMatch: headers["if-none-match"],
  };
}

export const isHttpEvent = (event: LambdaEvent | HttpEvent): event is HttpEvent =>
  "rawPath" in event && "http" in (event.requestContext as object);

export function lambdaAnswer({ status, headers, body }: SiteAnswer) {
  return {
    statusCode: status,
    headers,
    body: body?.text ?? "",
    isBase64Encoded: body?.isBase64 ?? false,
  };
}
