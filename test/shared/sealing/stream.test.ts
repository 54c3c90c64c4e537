import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CannotOpen } from "#shared/sealing/cannot-open.ts";
import { decryptBytes, decryptRange, decryptStream, encryptBytes, encryptStream } from "#shared/sealing/stream.ts";
import {
  CHUNK_SIZE,
  HEADER_LENGTH,
  parseHeader,
  plainLength,
  sealedLength,
  sealedRange,
} from "#shared/sealing/stream-layout.ts";
import { referenceParts } from "./reference-stream.ts";

const KEY = randomBytes(32);
const PREFIX = randomBytes(7);
const BINDING = { tenant: "hearth", purpose: "raw-mail", object: "m-1" };
const FIELDS = ["hearth", "raw-mail", "m-1"] as const;
const STEP = CHUNK_SIZE + 16;

// Lengths at, one before and one after every border of the first three chunks.
const BORDERS = [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 2 * CHUNK_SIZE, 2 * CHUNK_SIZE + 1, 3 * CHUNK_SIZE];
const nearBorder = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -20, max: 20 }))
  .map(([chunks, offset]) => Math.max(0, chunks * CHUNK_SIZE + offset));
const anyLength = fc.oneof(nearBorder, fc.integer({ min: 0, max: 3 * CHUNK_SIZE }));

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return Buffer.concat(all);
}

/** Cuts bytes into pieces of the given sizes, in turn; an empty piece now and then is what streams do too. */
function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

function seal(plaintext: Uint8Array): Buffer {
  return encryptBytes(KEY, BINDING, plaintext, PREFIX);
}

/** Header and chunks of a sealed object, to be put together wrongly. */
function partsOf(sealed: Buffer): Buffer[] {
  return [
    sealed.subarray(0, HEADER_LENGTH),
    ...cut(sealed.subarray(HEADER_LENGTH), [STEP]).map((part) => Buffer.from(part)),
  ];
}

async function expectClosed(sealed: Uint8Array, key: Uint8Array = KEY, binding = BINDING): Promise<void> {
  expect(() => decryptBytes(key, binding, sealed)).toThrow(CannotOpen);
  await expect(collect(decryptStream(key, binding, [sealed]))).rejects.toThrow(CannotOpen);
}

describe("a sealed object", () => {
  it("has exactly the bytes that the format describes", () => {
    for (const length of [0, 5, CHUNK_SIZE, 2 * CHUNK_SIZE + 7]) {
      const plaintext = randomBytes(length);
      const parts = length === 0 ? [plaintext] : cut(plaintext, [CHUNK_SIZE]);
      const expected = Buffer.concat(
        referenceParts({ key: KEY, prefix: PREFIX, chunkLog2: 16, fields: FIELDS }, parts),
      );
      expect(seal(plaintext).equals(expected)).toBe(true);
    }
  });

  it.each(BORDERS)("opens again at %i bytes, streamed or at once", async (length) => {
    const plaintext = randomBytes(length);
    const sealed = seal(plaintext);
    expect(sealed).toHaveLength(sealedLength(length));
    expect(plainLength(sealed.length)).toBe(length);
    expect(decryptBytes(KEY, BINDING, sealed).equals(plaintext)).toBe(true);
    expect((await collect(decryptStream(KEY, BINDING, [sealed]))).equals(plaintext)).toBe(true);
  });

  it("does not depend on how its source is cut, in either direction", async () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1000, max: 150_000 })), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(anyLength, sizes, async (length, inTurn) => {
        const plaintext = randomBytes(length);
        const turns = [...inTurn, 30_000];
        const sealed = await collect(encryptStream(KEY, BINDING, cut(plaintext, turns), PREFIX));
        expect(sealed.equals(seal(plaintext))).toBe(true);
        const opened = await collect(decryptStream(KEY, BINDING, cut(sealed, turns)));
        expect(opened.equals(plaintext)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("reads other chunk sizes, up to the largest that it accepts", async () => {
    const plaintext = randomBytes(10_000);
    const write = (chunkLog2: number) =>
      Buffer.concat(
        referenceParts({ key: KEY, prefix: PREFIX, chunkLog2, fields: FIELDS }, cut(plaintext, [2 ** chunkLog2])),
      );
    for (const chunkLog2 of [12, 13, 20]) {
      const sealed = write(chunkLog2);
      expect(decryptBytes(KEY, BINDING, sealed)).toEqual(plaintext);
      expect(await collect(decryptStream(KEY, BINDING, [sealed]))).toEqual(plaintext);
    }
    await expectClosed(write(11));
    await expectClosed(write(21));
  });

  it("is refused in a format that this one does not know, even where all of it is authentic", async () => {
    const write = (start: string) =>
      Buffer.concat(
        referenceParts({ key: KEY, prefix: PREFIX, chunkLog2: 16, fields: FIELDS, start: Buffer.from(start, "hex") }, [
          PREFIX,
        ]),
      );
    expect(decryptBytes(KEY, BINDING, write("43534f310110000000"))).toEqual(PREFIX);
    for (const start of ["43534f320110000000", "43534f310210000000", "43534f310110010000", "43534f310110000001"]) {
      await expectClosed(write(start));
    }
  });
});

describe("a changed object", () => {
  it("does not open with another key, tenant, purpose or object", async () => {
    const sealed = seal(randomBytes(100));
    await expectClosed(sealed, randomBytes(32));
    for (const other of [{ tenant: "pilox" }, { purpose: "text" }, { object: "m-2" }]) {
      await expectClosed(sealed, KEY, { ...BINDING, ...other });
    }
  });

  it("does not open with any bit of a small object flipped", async () => {
    const sealed = seal(Buffer.from("abc"));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expectClosed(changed);
    }
  });

  it("does not open with a bit flipped anywhere in a larger one", async () => {
    const sealed = seal(randomBytes(2 * CHUNK_SIZE + 100));
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        await expectClosed(changed);
      }),
      { numRuns: 40 },
    );
  });

  it("does not open cut short or made longer", async () => {
    const sealed = seal(randomBytes(2 * CHUNK_SIZE));
    const lengths = [0, 1, 15, 16, 17, 31, 32, HEADER_LENGTH + STEP, HEADER_LENGTH + STEP + 16, sealed.length - 1];
    for (const length of lengths) await expectClosed(sealed.subarray(0, length));
    for (const more of [1, 16, 17]) await expectClosed(Buffer.concat([sealed, new Uint8Array(more)]));
  });

  it("does not open with a chunk dropped, doubled, swapped or taken from another object", async () => {
    const parts = partsOf(seal(randomBytes(4 * CHUNK_SIZE - 5)));
    const foreign = partsOf(encryptBytes(KEY, BINDING, randomBytes(4 * CHUNK_SIZE - 5), randomBytes(7)));
    for (let one = 1; one < parts.length; one++) {
      await expectClosed(Buffer.concat(parts.filter((_, at) => at !== one)));
      await expectClosed(Buffer.concat(parts.flatMap((part, at) => (at === one ? [part, part] : [part]))));
      await expectClosed(Buffer.concat(parts.map((part, at) => (at === one ? (foreign[at] ?? part) : part))));
      for (let two = 1; two < one; two++) {
        const swapped = [...parts];
        [swapped[one], swapped[two]] = [parts[two] ?? Buffer.alloc(0), parts[one] ?? Buffer.alloc(0)];
        await expectClosed(Buffer.concat(swapped));
      }
    }
  });

  it("has no second form: an empty chunk at the end, or a last chunk that is not the last, is refused", async () => {
    const full = randomBytes(CHUNK_SIZE);
    const stream = { key: KEY, prefix: PREFIX, chunkLog2: 16, fields: FIELDS };
    await expectClosed(Buffer.concat(referenceParts(stream, [full, Buffer.alloc(0)])));
    const [header = full, first = full] = referenceParts(stream, [full, Buffer.from("x")]);
    await expectClosed(Buffer.concat([header, first]));
  });

  it("yields nothing of a chunk that is not proven", async () => {
    const plaintext = randomBytes(2 * CHUNK_SIZE + 10);
    const sealed = seal(plaintext);
    sealed[HEADER_LENGTH + STEP + 3] = (sealed[HEADER_LENGTH + STEP + 3] ?? 0) ^ 1;
    const pieces: Uint8Array[] = [];
    const run = async () => {
      for await (const piece of decryptStream(KEY, BINDING, [sealed])) pieces.push(piece);
    };
    await expect(run()).rejects.toThrow(CannotOpen);
    expect(Buffer.concat(pieces).equals(plaintext.subarray(0, CHUNK_SIZE))).toBe(true);
  });
});

describe("a range", () => {
  async function openRange(sealed: Buffer, from: number, to: number, length = sealed.length): Promise<Buffer> {
    const header = parseHeader(sealed);
    const where = sealedRange({ from, to }, length, header.chunkSize);
    const source = cut(sealed.subarray(where.from, where.to), [10_000]);
    return collect(decryptRange(KEY, BINDING, header, length, { from, to }, source));
  }

  it("opens to the same bytes as a slice of the whole", async () => {
    await fc.assert(
      fc.asyncProperty(anyLength, fc.nat(), fc.nat(), async (length, one, two) => {
        const plaintext = randomBytes(length);
        const [from, to] = [one % (length + 1), two % (length + 1)].sort((left, right) => left - right);
        const opened = await openRange(seal(plaintext), from ?? 0, to ?? 0);
        expect(opened.equals(plaintext.subarray(from, to))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("reads only the chunks that hold it", () => {
    const sealed = sealedLength(10 * CHUNK_SIZE);
    expect(sealedRange({ from: CHUNK_SIZE, to: CHUNK_SIZE + 1 }, sealed)).toEqual({
      from: 16 + STEP,
      to: 16 + 2 * STEP,
      firstChunk: 1,
      skip: 0,
    });
    expect(sealedRange({ from: CHUNK_SIZE - 1, to: CHUNK_SIZE + 1 }, sealed)).toMatchObject({
      from: 16,
      to: 16 + 2 * STEP,
      skip: CHUNK_SIZE - 1,
    });
    expect(sealedRange({ from: 10 * CHUNK_SIZE - 1, to: 10 * CHUNK_SIZE }, sealed)).toMatchObject({
      to: sealed,
      firstChunk: 9,
    });
    expect(sealedRange({ from: 5, to: 5 }, sealed)).toMatchObject({ from: 16, to: 16 });
  });

  it("is refused outside the plaintext", () => {
    const sealed = sealedLength(100);
    for (const range of [
      { from: 0, to: 101 },
      { from: 5, to: 4 },
      { from: -1, to: 4 },
      { from: 0.5, to: 4 },
    ]) {
      expect(() => sealedRange(range, sealed)).toThrow(RangeError);
    }
    expect(() => sealedRange({ from: 0, to: 0 }, 31)).toThrow(CannotOpen);
  });

  it("does not open from other chunks, a source that ends early, or a false length that it reaches", async () => {
    const sealed = seal(randomBytes(3 * CHUNK_SIZE));
    const header = parseHeader(sealed);
    const range = { from: CHUNK_SIZE, to: 2 * CHUNK_SIZE };
    const chunk = (index: number) => sealed.subarray(HEADER_LENGTH + index * STEP, HEADER_LENGTH + (index + 1) * STEP);
    for (const source of [chunk(0), chunk(2), chunk(1).subarray(0, 100), chunk(1).subarray(0, 3), Buffer.alloc(0)]) {
      await expect(collect(decryptRange(KEY, BINDING, header, sealed.length, range, [source]))).rejects.toThrow(
        CannotOpen,
      );
    }
    await expect(openRange(sealed, CHUNK_SIZE, 2 * CHUNK_SIZE, sealed.length - STEP)).rejects.toThrow(CannotOpen);
  });
});

describe("lengths", () => {
  it("belong to one plaintext length each, or to none", () => {
    fc.assert(
      fc.property(anyLength, (length) => {
        expect(plainLength(sealedLength(length))).toBe(length);
      }),
    );
    const none = [-1, 0, 16, 31, HEADER_LENGTH + STEP + 1, HEADER_LENGTH + STEP + 16, Number.NaN];
    for (const sealed of none) expect(() => plainLength(sealed)).toThrow(CannotOpen);
  });
});

describe("the source", () => {
  it("passes its own error through and is let go of when the reader stops early", async () => {
    let released = 0;
    async function* source(fails: boolean): AsyncGenerator<Uint8Array> {
      try {
        yield randomBytes(3 * CHUNK_SIZE);
        if (fails) throw new Error("the object store went away");
        yield randomBytes(CHUNK_SIZE);
      } finally {
        released++;
      }
    }
    await expect(collect(encryptStream(KEY, BINDING, source(true), PREFIX))).rejects.toThrow("went away");
    for await (const _ of encryptStream(KEY, BINDING, source(false), PREFIX)) break;
    const reading = encryptStream(KEY, BINDING, source(false), PREFIX);
    await reading.next();
    await reading.next();
    await reading.return(undefined);
    expect(released).toBe(2);
  });

  it("may not bring a key or a prefix of another length", () => {
    expect(() => encryptBytes(randomBytes(16), BINDING, PREFIX, PREFIX)).toThrow(RangeError);
    expect(() => encryptBytes(KEY, BINDING, PREFIX, randomBytes(8))).toThrow(RangeError);
  });
});
