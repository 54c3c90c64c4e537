import { hash } from "node:crypto";
import type { PublicKey } from "./public-key.ts";

/** How Sigstore names a key: SHA-256 of its SPKI, base64. Says which key to try; proves nothing. */
export const keyHint = (key: PublicKey): string => hash("sha256", key.spki, "base64");
