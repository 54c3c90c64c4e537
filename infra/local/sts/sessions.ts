import { createHash, timingSafeEqual } from "node:crypto";
import type { AccessKey } from "#infra/local/access-key.ts";

/** Someone in a role, for a time. */
export interface Session {
  readonly roleName: string;
  readonly roleArn: string;
  readonly sessionName: string;
  /** Whose key assumed the role. */
  readonly baseAccessKeyId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

/** What the assumer gets to sign with. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface Sessions {
  /** The session of a key id; undefined when there is none or its time is over. Says nothing about who sent the id: see `verify`. */
  lookup(accessKeyId: string): Session | undefined;
  /** The session of a key id that came with its token; undefined for a missing or wrong token, too. */
  verify(accessKeyId: string, sessionToken: string | undefined): Session | undefined;
}

/** How the access key ids of sessions begin, and no others. */
export const isSessionKey = ({ accessKeyId }: AccessKey): boolean => accessKeyId.startsWith("ASIA");

const sweepEveryMs = 60_000;
const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export interface SessionRegistry extends Sessions {
  open(session: Session): SessionCredentials;
}

/** Keeps sessions in memory: they end with the process, and whoever needs one assumes the role again. */
export function createSessions(now: () => Date, random: (bytes: number) => Uint8Array): SessionRegistry {
  const sessions = new Map<string, { session: Session; tokenHash: Buffer }>();
  let lastSweep = now().getTime();

  function alive(accessKeyId: string) {
    const entry = sessions.get(accessKeyId);
    return entry && now() < entry.session.expiresAt ? entry : undefined;
  }

  function sweep(): void {
    const time = now().getTime();
    if (time - lastSweep < sweepEveryMs) return;
    lastSweep = time;
    for (const accessKeyId of sessions.keys()) if (!alive(accessKeyId)) sessions.delete(accessKeyId);
  }

  return {
    lookup: (accessKeyId) => alive(accessKeyId)?.session,

    verify(accessKeyId, sessionToken) {
      const entry = alive(accessKeyId);
      return entry && timingSafeEqual(entry.tokenHash, hash(sessionToken ?? "")) ? entry.session : undefined;
    },

    open(session) {
      sweep();
      const accessKeyId = `ASIA${base32Text(random(16))}`;
      const secretAccessKey = Buffer.from(random(30)).toString("base64");
      const sessionToken = Buffer.from(random(48)).toString("base64");
      sessions.set(accessKeyId, { session, tokenHash: hash(sessionToken) });
      return { accessKeyId, secretAccessKey, sessionToken };
    },
  };
}

/** One character of the base32 alphabet for each byte. */
const base32Text = (bytes: Uint8Array): string => Array.from(bytes, (byte) => base32[byte & 31]).join("");

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
