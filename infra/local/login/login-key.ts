import { existsSync, readFileSync } from "node:fs";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import * as z from "zod";
import { writeAtomically } from "#infra/local/kms/write-atomically.ts";
import { StartFailure } from "#infra/local/start-failure.ts";

/** What must stay the same for tokens and memberships to stay good. */
export interface LoginKey {
  /** Named after the port of the first start; it stays when the port moves, because memberships name it. */
  readonly issuer: string;
  readonly jwk: JWK & { readonly kid: string };
  readonly cookieSecret: string;
}

const stored = z.strictObject({
  issuer: z.url(),
  jwk: z.looseObject({ kty: z.literal("EC"), crv: z.literal("P-256"), kid: z.string(), d: z.string() }),
  cookieSecret: z.string().min(20),
});

/** Reads the provider's key, or makes it. Throws `StartFailure` where the file is damaged, and leaves it as it is. */
export async function openLoginKey(
  file: string,
  issuer: string,
  random: (bytes: number) => Uint8Array,
): Promise<LoginKey> {
  if (existsSync(file)) return readLoginKey(file);
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const kid = Buffer.from(random(12)).toString("base64url");
  const made: LoginKey = {
    issuer,
    jwk: { ...(await exportJWK(privateKey)), kid, alg: "ES256", use: "sig" },
    cookieSecret: Buffer.from(random(32)).toString("base64url"),
  };
  await writeAtomically(file, JSON.stringify(made));
  return made;
}

function readLoginKey(file: string): LoginKey {
  try {
    return stored.parse(JSON.parse(readFileSync(file, "utf8"))) as LoginKey;
  } catch {
    throw new StartFailure(
      `${file}, the key of the local login, is damaged. Restore it from a copy, or move the home away and start with an empty one. Nothing was changed.`,
    );
  }
}
