import * as z from "zod";
import { formatBase64, readBase64 } from "./base64.ts";
import { keyHint } from "./key-hint.ts";
import { unlessMalformed } from "./malformed.ts";
import type { PublicKey } from "./public-key.ts";
import { type EcdsaSigner, sign } from "./signer.ts";
import { verifyP1363, verifySignature } from "./verify-signature.ts";

/** github.com/secure-systems-lab/dsse, envelope.md v1.0.2. Payload and signatures are base64; ours are DER. */
export const Envelope = z.object({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z
    .array(z.object({ sig: z.string(), keyid: z.string().optional() }))
    .min(1)
    .max(16),
});
export type Envelope = z.infer<typeof Envelope>;

export interface EnvelopeContent {
  readonly payloadType: string;
  readonly payload: Uint8Array;
}

/** What is signed (protocol.md, "PAE"): type and payload with their lengths in bytes. */
export function preAuthEncoding({ payloadType, payload }: EnvelopeContent): Uint8Array {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** An envelope with one signature, as cosign wants it. One KMS call. */
export async function signEnvelope(content: EnvelopeContent, signer: EcdsaSigner): Promise<Envelope> {
  const signature = await sign(signer, preAuthEncoding(content));
  return {
    payload: formatBase64(content.payload),
    payloadType: content.payloadType,
    signatures: [{ sig: formatBase64(signature), keyid: keyHint(signer.publicKey) }],
  };
}

/**
 * The content of an envelope that at least one of the keys signed, else `undefined`. `keyid` is not covered by the signature and not
 * looked at. A signature may be DER or P1363: both are in use. The payload has to be read from the answer, never from the envelope.
 */
export function verifyEnvelope(envelope: unknown, keys: readonly PublicKey[]): EnvelopeContent | undefined {
  const parsed = Envelope.safeParse(envelope);
  if (!parsed.success) return undefined;
  const { payloadType, signatures } = parsed.data;
  return unlessMalformed(() => {
    const content = { payloadType, payload: readEitherBase64(parsed.data.payload) };
    const message = preAuthEncoding(content);
    const given = signatures.map(({ sig }) => readEitherBase64(sig));
    const signed = given.some((signature) => keys.some((key) => isSignature(key, message, signature)));
    return signed ? content : undefined;
  });
}

function isSignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  return verifySignature(key, message, signature) || verifyP1363(key, message, signature);
}

/** A verifier takes both alphabets (envelope.md). */
const readEitherBase64 = (text: string) => readBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
