import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { CannotOpen } from "#shared/sealing/cannot-open.ts";
import { decryptBytes, encryptBytes } from "#shared/sealing/stream.ts";
import {
  formatCiphertext,
  formatHead,
  headAtMost,
  parseCiphertext,
  parseHead,
  transitBinding,
} from "#shared/transit/ciphertext.ts";
import { readCiphertext } from "./second-reader.ts";

const hex = z.hex().transform((text) => Uint8Array.from(Buffer.from(text, "hex")));
const common = {
  comment: z.string(),
  tenant: z.string(),
  key: z.string(),
  object: z.string(),
  version: z.int(),
  dataKey: hex,
  wrappedKey: hex,
};
const Vectors = z.object({
  open: z.array(
    z.object({
      ...common,
      ...{ prefix: hex, chunkLog2: z.int(), ciphertext: z.string(), plaintext: z.base64().optional() },
      plaintextLength: z.int().optional(),
    }),
  ),
  refused: z.array(
    z.object({ ...common, good: z.string(), bad: z.array(z.object({ why: z.string(), ciphertext: z.string() })) }),
  ),
});
const { open, refused } = Vectors.parse(JSON.parse(readFileSync("test/vectors/transit.json", "utf8")));

type Vector = (typeof open)[number];
const plaintextOf = ({ plaintext, plaintextLength = 0 }: Vector): Buffer =>
  plaintext === undefined
    ? Buffer.from(Array.from({ length: plaintextLength }, (_, i) => i % 256))
    : Buffer.from(plaintext, "base64");

/** The product's way to read, with the data key at hand. */
function readAsProduct(
  text: string,
  { tenant, key, object, dataKey }: Omit<Vector, "prefix" | "chunkLog2" | "ciphertext">,
) {
  const { stream, version, wrappedKey } = parseCiphertext(text);
  return { version, wrappedKey, plaintext: decryptBytes(dataKey, transitBinding(tenant, key, object), stream) };
}

describe("the format of a ciphertext", () => {
  it.each(open.map((vector) => [vector.comment, vector] as const))("is read by both readers: %s", async (_, vector) => {
    const expected = plaintextOf(vector);
    const read = readAsProduct(vector.ciphertext, vector);
    expect([read.version, Buffer.from(read.wrappedKey)]).toEqual([vector.version, Buffer.from(vector.wrappedKey)]);
    expect(read.plaintext.equals(expected)).toBe(true);
    const second = await readCiphertext(vector.ciphertext, { ...vector, unwrap: () => vector.dataKey });
    expect([second.version, second.plaintext.equals(expected)]).toEqual([vector.version, true]);
  });

  it.each(open.filter(({ chunkLog2 }) => chunkLog2 === 16).map((vector) => [vector.comment, vector] as const))(
    "is written byte for byte as in the vector: %s",
    (_, vector) => {
      const { dataKey, tenant, key, object, prefix, version, wrappedKey } = vector;
      const stream = encryptBytes(dataKey, transitBinding(tenant, key, object), plaintextOf(vector), prefix);
      expect(formatCiphertext({ version, wrappedKey, stream })).toBe(vector.ciphertext);
    },
  );

  it("as a stream has the same bytes after the same prefix", () => {
    for (const { ciphertext, version, wrappedKey } of open) {
      const head = formatHead({ version, wrappedKey });
      const [, , encoded = ""] = ciphertext.split(":");
      const bytes = Buffer.concat([Buffer.from(`candor:v${String(version)}:`), Buffer.from(encoded, "base64url")]);
      expect(bytes.subarray(0, head.length).equals(head)).toBe(true);
      expect(parseHead(bytes.subarray(0, headAtMost))).toEqual({ version, wrappedKey, length: head.length });
    }
  });

  it.each(refused.flatMap(({ bad, ...base }) => bad.map(({ why, ciphertext }) => [why, ciphertext, base] as const)))(
    "is refused by both readers: %s",
    async (_, ciphertext, base) => {
      expect(readAsProduct(base.good, base).plaintext.length).toBeGreaterThan(0);
      const error = expect.objectContaining({ name: expect.stringMatching(/^(?:Failure|CannotOpen)$/) as string });
      expect(() => readAsProduct(ciphertext, base)).toThrow(error as Error);
      await expect(readCiphertext(ciphertext, { ...base, unwrap: () => base.dataKey })).rejects.toThrow();
    },
  );

  it("opens under no other tenant, key or object", () => {
    const [vector] = open;
    if (!vector) throw new Error("no vectors");
    for (const other of [{ tenant: "pilox" }, { key: "other" }, { object: "other" }]) {
      expect(() => readAsProduct(vector.ciphertext, { ...vector, ...other })).toThrow(CannotOpen);
    }
  });
});
