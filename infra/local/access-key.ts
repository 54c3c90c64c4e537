import type { IncomingHttpHeaders } from "node:http";

/** Who signed a request: the key id is a name, not a proof, since no stand-in checks signatures. They listen on loopback only. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

const credential = /^AWS4-HMAC-SHA256\s+(?:.*[,\s])?Credential=([^/,\s]{1,128})\//;

/** The access key that an AWS Signature Version 4 `authorization` header names, with the session token beside it. */
export function accessKeyOf(headers: IncomingHttpHeaders): AccessKey | undefined {
  const accessKeyId = credential.exec(headers.authorization ?? "")?.[1];
  if (accessKeyId === undefined) return undefined;
  const sessionToken = headers["x-amz-security-token"];
  return typeof sessionToken === "string" ? { accessKeyId, sessionToken } : { accessKeyId };
}
