/** A second reader of the transit ciphertext, from FORMAT.md alone: Web Crypto, and nothing of shared/. */

interface Read {
  readonly tenant: string;
  readonly key: string;
  readonly object: string;
  /** What KMS gives for the wrapped key. */
  readonly unwrap: (wrappedKey: Uint8Array) => Uint8Array<ArrayBuffer>;
}

/** Throws for everything that is not whole and in place. */
export async function readCiphertext(text: string, { tenant, key, object, unwrap }: Read) {
  const [, version, encoded = ""] = /^candor:v([1-9]\d{0,8}):([\w-]+)$/.exec(text) ?? [];
  const body = Buffer.from(encoded, "base64url");
  const wrappedLength = body.readUInt16BE(0);
  const start = 2 + wrappedLength;
  if (body.toString("base64url") !== encoded || wrappedLength < 1 || wrappedLength > 1024)
    throw new Error("not canonical");
  const header = body.subarray(start, start + 16);
  const log2 = header.readUInt8(5);
  if (header.toString("latin1", 0, 5) !== "CSO1\u0001" || header.readUIntBE(6, 3) !== 0)
    throw new Error("not our header");
  if (log2 < 12 || log2 > 20) throw new Error("not our chunk size");
  const algorithm = { name: "AES-GCM" };
  const dataKey = await crypto.subtle.importKey("raw", unwrap(body.subarray(2, start)), algorithm, false, ["decrypt"]);
  const additionalData = Uint8Array.from([
    ...header,
    ...["candor sealed object v1", tenant, `transit/${key}`, object].flatMap(field),
  ]);
  const step = 2 ** log2 + 16;
  const opened: Uint8Array[] = [];
  for (let at = start + 16, index = 0, last = false; !last; at += step, index++) {
    last = at + step >= body.length;
    if (index > 0 && body.length - at <= 16) throw new Error("a chunk of nothing after others");
    const iv = Uint8Array.from([...header.subarray(9), ...bytesOf(index, 4), last ? 1 : 0]);
    const chunk = Uint8Array.from(body.subarray(at, at + step));
    opened.push(new Uint8Array(await crypto.subtle.decrypt({ ...algorithm, iv, additionalData }, dataKey, chunk)));
  }
  return { version: Number(version), plaintext: Buffer.concat(opened) };
}

function field(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...bytesOf(bytes.length, 2), ...bytes];
}

const bytesOf = (number: number, length: number): number[] =>
  Array.from({ length }, (_, at) => Math.floor(number / 256 ** (length - 1 - at)) % 256);
