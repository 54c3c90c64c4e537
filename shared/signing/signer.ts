import { hash } from "node:crypto";
import type { PublicKey } from "./public-key.ts";

/**
 * A private key that signs and never shows itself: a port. `shared/aws/signer.ts` has KMS behind it.
 * The two kinds take different things because KMS does: ECDSA a digest (so that the message may have any size), Ed25519 the message.
 */
export type Signer = EcdsaSigner | Ed25519Signer;

export interface EcdsaSigner {
  readonly algorithm: "ES256";
  readonly publicKey: PublicKey;
  /** Signs a SHA-256 digest (32 bytes). Answers DER `ECDSA-Sig-Value` (RFC 3279 §2.2.3). One KMS call. */
  signDigest(sha256: Uint8Array): Promise<Uint8Array>;
}

export interface Ed25519Signer {
  readonly algorithm: "Ed25519";
  readonly publicKey: PublicKey;
  /** Signs a message of at most `mostMessageBytes`. Answers the 64 bytes of RFC 8032 §5.1.6. One KMS call. */
  signMessage(message: Uint8Array): Promise<Uint8Array>;
}

/** What KMS signs as it is (`MessageType: RAW`). */
export const mostMessageBytes = 4096;

/** Signs a message: DER from ECDSA, 64 bytes from Ed25519. @throws RangeError for what Ed25519 can't take */
export async function sign(signer: Signer, message: Uint8Array): Promise<Uint8Array> {
  if (signer.algorithm === "ES256") return signer.signDigest(hash("sha256", message, "buffer"));
  if (message.length > mostMessageBytes)
    throw new RangeError(
      `An Ed25519 key signs at most ${mostMessageBytes} bytes. Sign with a P-256 key, or sign a digest.`,
    );
  return signer.signMessage(message);
}
