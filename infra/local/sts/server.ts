import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AccessDenied } from "#infra/local/access-denied.ts";
import { type AccessKey, accessKeyOf } from "#infra/local/access-key.ts";
import { readBody } from "#infra/local/front/request-body.ts";
import { listenOnLoopback } from "#infra/local/listen.ts";
import { readAssumeRole } from "./assume-role-input.ts";
import { errorDocument, type Fields, resultDocument } from "./document.ts";
import { StsError } from "./errors.ts";
import { createSessions, isSessionKey, type Session, type Sessions } from "./sessions.ts";

/** What a caller asks to do, as an IAM policy would see it. */
export interface StsCall {
  readonly accessKeyId: string;
  readonly action: "sts:AssumeRole";
  readonly roleArn: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface StsOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly now: () => Date;
  /** Throws `AccessDenied` to refuse. GetCallerIdentity needs no right, as on AWS. */
  readonly authorize: (call: StsCall) => void | Promise<void>;
  readonly random?: (bytes: number) => Uint8Array;
  readonly account?: string;
  /** Told about failures that are nobody's fault but ours. */
  readonly onError?: (error: unknown) => void;
}

export interface Sts {
  readonly port: number;
  readonly url: string;
  readonly sessions: Sessions;
  close(): Promise<void>;
}

const mostBodyBytes = 64 * 1024;

/**
 * The AWS STS API (Query protocol) for roles with session tags, on 127.0.0.1. Signatures of requests are not checked; what a
 * session's key is good for anywhere is checked with `sessions.verify`.
 * @throws StartFailure for a taken port
 */
export async function startSts(options: StsOptions): Promise<Sts> {
  const { now, account = "000000000000" } = options;
  const sessions = createSessions(now, options.random ?? randomBytes);
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => void answer(request, response));
  const port = await listenOnLoopback(server, options.port);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    try {
      const { action, result } = await call(request);
      send(response, 200, resultDocument(action, result, requestId));
    } catch (thrown) {
      const error = toStsError(thrown);
      if (error.status >= 500) options.onError?.(thrown);
      if (error.status === 413) response.setHeader("connection", "close");
      send(response, error.status, errorDocument(error, requestId));
    }
  }

  async function call(request: IncomingMessage): Promise<{ action: string; result: Fields }> {
    const body = await readBody(request, mostBodyBytes);
    if (!body) throw new StsError("RequestEntityTooLarge", `A request has at most ${mostBodyBytes} bytes.`, 413);
    const caller = accessKeyOf(request.headers);
    if (!caller)
      throw new StsError("MissingAuthenticationToken", "The request is not signed: give the client credentials.", 403);
    const session = requireSession(caller);
    const form = new URLSearchParams(body.toString());
    const action = form.get("Action");
    if (action === "AssumeRole") return { action, result: await assumeRole(caller, session, form) };
    if (action === "GetCallerIdentity") return { action, result: identity(caller, session) };
    throw new StsError("InvalidAction", "This stand-in knows AssumeRole and GetCallerIdentity.");
  }

  /** The session of a caller with a session's key; undefined for other keys. */
  function requireSession(caller: AccessKey): Session | undefined {
    if (!isSessionKey(caller)) return undefined;
    const session = sessions.verify(caller.accessKeyId, caller.sessionToken);
    if (session) return session;
    if (sessions.lookup(caller.accessKeyId))
      throw new StsError("InvalidClientTokenId", "The session token is not the one of this access key.", 403);
    throw new StsError("ExpiredToken", "The session is over or was never there: assume the role again.", 403);
  }

  async function assumeRole(caller: AccessKey, session: Session | undefined, form: URLSearchParams): Promise<Fields> {
    const { roleArn, roleName, sessionName, durationSeconds, tags } = readAssumeRole(form);
    if (session)
      throw new AccessDenied("A session can't assume a further role here: use the key that it was made with.");
    await options.authorize({ accessKeyId: caller.accessKeyId, action: "sts:AssumeRole", roleArn, tags });
    const expiresAt = new Date(now().getTime() + durationSeconds * 1000);
    const opened: Session = { roleName, roleArn, sessionName, baseAccessKeyId: caller.accessKeyId, tags, expiresAt };
    const { accessKeyId, secretAccessKey, sessionToken } = sessions.open(opened);
    return {
      AssumedRoleUser: { AssumedRoleId: assumedRoleId(opened), Arn: assumedRoleArn(opened) },
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: expiresAt.toISOString(),
      },
    };
  }

  function identity({ accessKeyId }: AccessKey, session: Session | undefined): Fields {
    if (session) return { UserId: assumedRoleId(session), Account: account, Arn: assumedRoleArn(session) };
    return { UserId: accessKeyId, Account: account, Arn: `arn:aws:iam::${account}:user/${accessKeyId}` };
  }

  async function close(): Promise<void> {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  }

  return { port, url: `http://127.0.0.1:${port}`, sessions, close };
}

function assumedRoleArn({ roleArn, roleName, sessionName }: Session): string {
  return `arn:aws:sts::${roleArn.split(":")[4]}:assumed-role/${roleName}/${sessionName}`;
}

/** A role's id is made from its ARN, so that it stays the same over restarts. */
function assumedRoleId({ roleArn, sessionName }: Session): string {
  const id = createHash("sha256").update(roleArn).digest("hex").slice(0, 17).toUpperCase();
  return `AROA${id}:${sessionName}`;
}

/** What was thrown, as STS would say it. */
function toStsError(thrown: unknown): StsError {
  if (thrown instanceof StsError) return thrown;
  if (thrown instanceof AccessDenied) return new StsError("AccessDenied", thrown.message, 403);
  return new StsError("InternalFailure", "The STS stand-in failed; its log says why.", 500);
}

function send(response: ServerResponse, status: number, document: string): void {
  response
    .writeHead(status, { "content-type": "text/xml", "content-length": Buffer.byteLength(document) })
    .end(document);
}
