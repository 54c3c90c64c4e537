import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { aes256Gcm } from "#shared/sealing/hpke-primitives.ts";
import { openChunk, sealChunk } from "#shared/sealing/stream-chunk.ts";
import { collected, collectionNote, hasCollection, report } from "#test/conformance/signing/collection.ts";

interface File {
  readonly testGroups: readonly {
    readonly keySize: number;
    readonly ivSize: number;
    readonly tagSize: number;
    readonly tests: readonly Vector[];
  }[];
}
type Field = "key" | "iv" | "aad" | "msg" | "ct" | "tag";
type Vector = Readonly<Record<Field, string>> & { readonly tcId: number; readonly result: "valid" | "invalid" };

const hex = (text: string) => Buffer.from(text, "hex");
const { testGroups } = collected<File>("wycheproof/aes_gcm_test.json", { testGroups: [] });
/** What this product uses: keys of 256, nonces of 96, tags of 128 bits. */
const vectors = testGroups
  .filter(({ keySize, ivSize, tagSize }) => keySize === 256 && ivSize === 96 && tagSize === 128)
  .flatMap(({ tests }) => tests);

describe.skipIf(!hasCollection)(`Wycheproof's AES-256-GCM${collectionNote}`, () => {
  it("is judged by what seals messages as Wycheproof judges it, every vector", async () => {
    const gcm = aes256Gcm();
    const wrong: number[] = [];
    for (const { tcId, result, ...fields } of vectors) {
      const [key, iv, aad, msg, ct, tag] = (["key", "iv", "aad", "msg", "ct", "tag"] as const).map((f) =>
        hex(fields[f]),
      );
      if (!key || !iv || !aad || !msg || !ct || !tag) throw new Error("a vector lacks a field");
      const sealed = Buffer.concat([ct, tag]);
      const opened = await gcm.Open(key, iv, aad, sealed).then(
        (plain) => msg.equals(plain),
        () => false,
      );
      const made = result === "invalid" || sealed.equals(await gcm.Seal(key, iv, aad, msg));
      if (opened !== (result === "valid") || !made) wrong.push(tcId);
    }
    report(`AES-256-GCM: ${String(vectors.length - wrong.length)} of ${String(vectors.length)} vectors`);
    expect([vectors.length, wrong]).toEqual([66, []]);
  });

  it("is judged so by the chunks of a stream, every vector whose nonce a chunk can have", () => {
    const possible = vectors.filter(({ iv }) => ["00", "01"].includes(iv.slice(22)));
    const wrong: number[] = [];
    for (const { tcId, result, key, iv, aad, msg, ct, tag } of possible) {
      const cipher = { key: createSecretKey(hex(key)), additionalData: hex(aad), prefix: hex(iv.slice(0, 14)) };
      const place = { index: Number.parseInt(iv.slice(14, 22), 16), last: iv.endsWith("01") };
      const opens = () => openChunk(cipher, place, hex(ct + tag)).equals(hex(msg));
      const seals = Buffer.concat(sealChunk(cipher, place, hex(msg))).equals(hex(ct + tag));
      if (result === "valid" ? !opens() || !seals : !refuses(opens)) wrong.push(tcId);
    }
    report(`AES-256-GCM in chunks: ${String(possible.length - wrong.length)} of ${String(possible.length)} vectors`);
    expect(wrong).toEqual([]);
  });
});

function refuses(open: () => unknown): boolean {
  try {
    open();
    return false;
  } catch (error) {
    return error instanceof Error && error.name === "CannotOpen";
  }
}
