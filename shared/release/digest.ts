import { hash } from "node:crypto";
import * as z from "zod";

/** SHA-256 as it stands in records, statements and the log: `sha256:` and 64 hexadecimal digits. */
export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "write a digest as sha256: and 64 hexadecimal digits");

export const digestOf = (bytes: Uint8Array): string => `sha256:${hash("sha256", bytes)}`;

/** The digits of a digest alone. */
export const hexOf = (digest: string): string => digest.slice("sha256:".length);
