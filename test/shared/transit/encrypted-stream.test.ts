import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCiphertext } from "#shared/transit/ciphertext.ts";
import { decryptStream, encryptStream, rewrapStream } from "#shared/transit/encrypted-stream.ts";
import { decrypt, encrypt, type KeyInUse } from "#shared/transit/encryption.ts";
import { withVersion } from "#shared/transit/key.ts";
import { changed, keysAtWork, now } from "./keys-at-work.ts";

let work: Awaited<ReturnType<typeof keysAtWork>>;
let use: KeyInUse;
beforeAll(async () => {
  work = await keysAtWork();
  use = await work.use("hearth", "archive");
});
afterAll(() => work.kms.stop());

const gather = async (pieces: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(pieces));
const plaintext = Buffer.from(Array.from({ length: 200_001 }, (_, i) => (i * 7) % 251));
/** Cuts into pieces of one size. */
async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}
const undecipherable = expect.objectContaining({ code: "undecipherable" }) as Error;
const asText = (stream: Buffer): string => {
  const prefix = /^candor:v\d+:/.exec(stream.toString("latin1", 0, 30))?.[0] ?? "";
  return prefix + stream.subarray(prefix.length).toString("base64url");
};

describe("a body that is encrypted as a stream", () => {
  it.each([1, 13, 65_536, 70_000, 1_000_000])("opens again whatever its pieces, here of %i bytes", async (size) => {
    const small = size === 1 ? plaintext.subarray(0, 70_000) : plaintext;
    const sealed = await gather(encryptStream(use, inPieces(small, size), "backup/1"));
    expect((await gather(decryptStream(use, inPieces(sealed, size), "backup/1"))).equals(small)).toBe(true);
  });

  it("is the same as a ciphertext in text but for its writing, either way", async () => {
    const sealed = await gather(encryptStream(use, [plaintext], "o"));
    expect(Buffer.from(await decrypt(use, asText(sealed), "o")).equals(plaintext)).toBe(true);
    const { ciphertext } = await encrypt(use, plaintext, { object: "o" });
    const [, , encoded = ""] = ciphertext.split(":");
    const binary = Buffer.concat([Buffer.from("candor:v1:"), Buffer.from(encoded, "base64url")]);
    expect((await gather(decryptStream(use, [binary], "o"))).equals(plaintext)).toBe(true);
  });

  it("costs one KMS call each way, and one to rewrap, which changes the head alone", async () => {
    let sealed: Buffer = Buffer.alloc(0);
    expect(await work.callsOf(async () => (sealed = await gather(encryptStream(use, [plaintext]))))).toEqual({
      GenerateDataKey: 1,
    });
    expect(await work.callsOf(() => gather(decryptStream(use, [sealed])))).toEqual({ Decrypt: 1 });
    const newer = changed(use, withVersion(use.key, { origin: "platform", kmsKey: work.platformKey }, now));
    let moved: Buffer = Buffer.alloc(0);
    expect(await work.callsOf(async () => (moved = await gather(rewrapStream(newer, inPieces(sealed, 999)))))).toEqual({
      ReEncrypt: 1,
    });
    const [before, after] = [sealed, moved].map((stream) => parseCiphertext(asText(stream)));
    expect([after?.version, Buffer.from(after?.stream ?? []).equals(before?.stream ?? Buffer.alloc(0))]).toEqual([
      2,
      true,
    ]);
    expect((await gather(decryptStream(newer, [moved]))).equals(plaintext)).toBe(true);
  });

  it("is refused when it is cut, in another order, spliced or bound to something else", async () => {
    const sealed = await gather(encryptStream(use, [plaintext], "backup/1"));
    const other = await gather(encryptStream(use, [plaintext], "backup/1"));
    const step = 65_536 + 16;
    const start = sealed.length - (plaintext.length + 4 * 16);
    const chunk = (of: Buffer, n: number) => of.subarray(start + n * step, start + (n + 1) * step);
    const head = sealed.subarray(0, start);
    const wrong: Record<string, Buffer> = {
      "cut at a chunk": sealed.subarray(0, start + 3 * step),
      "cut within a chunk": sealed.subarray(0, -1),
      "cut in the head": sealed.subarray(0, 50),
      nothing: Buffer.alloc(0),
      "two chunks swapped": Buffer.concat([
        head,
        chunk(sealed, 1),
        chunk(sealed, 0),
        chunk(sealed, 2),
        chunk(sealed, 3),
      ]),
      "a chunk left out": Buffer.concat([head, chunk(sealed, 0), chunk(sealed, 2), chunk(sealed, 3)]),
      "a chunk of another": Buffer.concat([
        head,
        chunk(sealed, 0),
        chunk(other, 1),
        chunk(sealed, 2),
        chunk(sealed, 3),
      ]),
      "more than there was": Buffer.concat([sealed, Buffer.alloc(1)]),
      "another version": Buffer.from(sealed.toString("latin1").replace("v1", "v2"), "latin1"),
    };
    for (const [why, bytes] of Object.entries(wrong)) {
      await expect(gather(decryptStream(use, [bytes], "backup/1")), why).rejects.toThrow(undecipherable);
    }
    await expect(gather(decryptStream(use, [sealed], "backup/2"))).rejects.toThrow(undecipherable);
    await expect(gather(decryptStream(await work.use("pilox", "archive"), [sealed], "backup/1"))).rejects.toThrow(
      undecipherable,
    );
  });

  it("passes 64 MB through with two chunks held at a time", { timeout: 60_000 }, async () => {
    const piece = Buffer.alloc(65_536, 5);
    let ahead = 0;
    let most = 0;
    async function* large() {
      for (let n = 0; n < 1_024; n++) {
        ahead += piece.length;
        yield piece;
      }
    }
    const digest = createHash("sha256");
    let length = 0;
    for await (const part of decryptStream(use, encryptStream(use, large()))) {
      digest.update(part);
      length += part.length;
      most = Math.max(most, ahead - length);
    }
    const expected = createHash("sha256");
    for (let n = 0; n < 1_024; n++) expected.update(piece);
    expect([length, digest.digest("hex")]).toEqual([1_024 * 65_536, expected.digest("hex")]);
    // Encrypting looks one chunk ahead, decrypting another.
    expect(most).toBeLessThanOrEqual(3 * 65_536);
  });

  it("lets go of its source when it stops early", async () => {
    let closed = 0;
    async function* source(bytes: Uint8Array) {
      try {
        yield* inPieces(bytes, 10_000);
      } finally {
        closed++;
      }
    }
    const sealed = await gather(encryptStream(use, [plaintext]));
    for await (const _ of encryptStream(use, source(plaintext))) if (_.length > 1_000) break;
    for await (const _ of decryptStream(use, source(sealed))) break;
    await gather(decryptStream(use, source(Buffer.from("no ciphertext of ours at all".repeat(2_000))))).catch(() => 0);
    await gather(decryptStream(use, source(sealed.subarray(0, -1)))).catch(() => 0);
    expect(closed).toBe(4);
  });
});
