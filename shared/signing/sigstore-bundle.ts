import { hash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { formatBase64, readBase64 } from "./base64.ts";
import { Envelope, type EnvelopeContent, signEnvelope, verifyEnvelope } from "./dsse.ts";
import { keyHint } from "./key-hint.ts";
import { unlessMalformed } from "./malformed.ts";
import type { PublicKey } from "./public-key.ts";
import type { EcdsaSigner } from "./signer.ts";
import { verifySignature } from "./verify-signature.ts";

/**
 * Sigstore bundles v0.3 (sigstore_bundle.proto) signed with a key of our own and not logged at Sigstore:
 * `cosign verify-blob --key candor.pub --bundle <file>.sigstore.json --insecure-ignore-tlog <file>`.
 */
const bundleMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

const material = {
  mediaType: z.literal(bundleMediaType),
  verificationMaterial: z.strictObject({ publicKey: z.strictObject({ hint: z.string() }) }),
};
const MessageBundle = z.strictObject({
  ...material,
  messageSignature: z.strictObject({
    messageDigest: z.strictObject({ algorithm: z.literal("SHA2_256"), digest: z.string() }),
    signature: z.string(),
  }),
});
const EnvelopeBundle = z.strictObject({
  ...material,
  dsseEnvelope: Envelope.extend({ signatures: Envelope.shape.signatures.length(1) }),
});

export type MessageBundle = z.infer<typeof MessageBundle>;
export type EnvelopeBundle = z.infer<typeof EnvelopeBundle>;

/** A bundle over a file, of which only the SHA-256 (32 bytes) is needed. One KMS call. */
export async function signMessageBundle(sha256: Uint8Array, signer: EcdsaSigner): Promise<MessageBundle> {
  const signature = await signer.signDigest(sha256);
  return {
    ...materialOf(signer.publicKey),
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: formatBase64(sha256) },
      signature: formatBase64(signature),
    },
  };
}

/** A bundle around a DSSE envelope: `cosign verify-blob-attestation`. One KMS call. */
export async function signEnvelopeBundle(content: EnvelopeContent, signer: EcdsaSigner): Promise<EnvelopeBundle> {
  return { ...materialOf(signer.publicKey), dsseEnvelope: await signEnvelope(content, signer) };
}

function materialOf(key: PublicKey) {
  return { mediaType: bundleMediaType, verificationMaterial: { publicKey: { hint: keyHint(key) } } } as const;
}

/** Whether the bundle is one over this message by one of these keys. */
export function verifyMessageBundle(bundle: unknown, message: Uint8Array, keys: readonly PublicKey[]): boolean {
  const parsed = MessageBundle.safeParse(bundle);
  if (!parsed.success) return false;
  const { messageDigest, signature } = parsed.data.messageSignature;
  const key = hinted(parsed.data, keys);
  const read = unlessMalformed(() => ({ digest: readBase64(messageDigest.digest), signature: readBase64(signature) }));
  if (read === undefined || key === undefined) return false;
  return isDigestOf(read.digest, message) && verifySignature(key, message, read.signature);
}

/** What the bundle's envelope says, if one of these keys signed it. */
export function verifyEnvelopeBundle(bundle: unknown, keys: readonly PublicKey[]): EnvelopeContent | undefined {
  const parsed = EnvelopeBundle.safeParse(bundle);
  if (!parsed.success) return undefined;
  const key = hinted(parsed.data, keys);
  return key && verifyEnvelope(parsed.data.dsseEnvelope, [key]);
}

/** The signature does not cover the digest that stands beside it: a wrong one would mislead who looks the file up by it. */
function isDigestOf(digest: Uint8Array, message: Uint8Array): boolean {
  return digest.length === 32 && timingSafeEqual(digest, hash("sha256", message, "buffer"));
}

function hinted(bundle: z.infer<z.ZodObject<typeof material>>, keys: readonly PublicKey[]): PublicKey | undefined {
  return keys.find((key) => keyHint(key) === bundle.verificationMaterial.publicKey.hint);
}
