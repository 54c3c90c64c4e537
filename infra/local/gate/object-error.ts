import type { ServerResponse } from "node:http";
import { escapeXml } from "#infra/local/ses/xml.ts";

/** Answers as S3 does when it refuses; a HEAD request has no body to say why. */
export function sendObjectError(response: ServerResponse, code: string, message: string, status = 403): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml", "content-length": Buffer.byteLength(body) });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
