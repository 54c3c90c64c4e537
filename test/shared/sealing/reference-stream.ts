import { createCipheriv } from "node:crypto";

/**
 * A second writer of the sealed object format, from the byte table in stream-layout.ts and the definition of STREAM,
 * sharing no code with the first. It also writes what the first never would, to show that it is refused.
 */
export interface ReferenceStream {
  readonly key: Uint8Array;
  readonly prefix: Uint8Array;
  readonly chunkLog2: number;
  /** The nine bytes before the prefix, where they are not those of the format. */
  readonly start?: Uint8Array;
  readonly fields: readonly [tenant: string, purpose: string, object: string];
}

/** Header and one sealed chunk for each part; the last one is flagged. */
export function referenceParts(
  { key, prefix, chunkLog2, fields, start }: ReferenceStream,
  parts: readonly Uint8Array[],
): Buffer[] {
  const format = Buffer.concat([Buffer.from("CSO1"), Buffer.from([1, chunkLog2, 0, 0, 0])]);
  const header = Buffer.concat([start ?? format, prefix]);
  const bound = ["candor sealed object v1", ...fields].flatMap((field) => {
    const bytes = Buffer.from(field);
    return [Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes];
  });
  const aad = Buffer.concat([header, ...bound]);
  const chunks = parts.map((part, index) => {
    const counter = Buffer.from([index >>> 24, (index >>> 16) & 255, (index >>> 8) & 255, index & 255]);
    const nonce = Buffer.concat([prefix, counter, Buffer.from([index === parts.length - 1 ? 1 : 0])]);
    const gcm = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
    return Buffer.concat([gcm.update(part), gcm.final(), gcm.getAuthTag()]);
  });
  return [header, ...chunks];
}
