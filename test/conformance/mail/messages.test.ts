import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Mail, readMessage } from "#shared/mail/message.ts";
import { decodeTransfer } from "#shared/mail/transfer-encoding.ts";
import { corpusFile, corpusNote, corpusRows, hasMailCorpus, report } from "./mail-corpus.ts";

interface Listed {
  readonly file: string;
  readonly sha256: string;
}

interface Oracle {
  readonly file: string;
  readonly attachments_2of3: readonly { readonly sha256: string; readonly bytes: number; readonly count: number }[];
}

const listed = corpusRows<Listed>("manifest.jsonl");
const oracle = corpusRows<Oracle>("attachments-oracle.jsonl");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function countOf(mail: Mail, digest: string, bytes: number): number {
  return mail.attachments.filter((attachment) => attachment.sha256 === digest && attachment.size === bytes).length;
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe.skipIf(!hasMailCorpus)(`other people's messages${corpusNote}`, () => {
  it("become one record each, and the raw bytes stay as they were", () => {
    const changed: string[] = [];
    let readable = 0;
    for (const { file, sha256: expected } of listed) {
      const raw = corpusFile(file);
      if (readMessage(raw).hasHeader) readable++;
      if (sha256(raw) !== expected) changed.push(file);
    }
    report(`mail corpus: ${listed.length} messages read, 0 throws, ${readable} with a readable header`);
    expect(changed).toEqual([]);
    expect(listed.length).toBeGreaterThan(0);
  });

  it("give every attachment on which two of three independent parsers agree, byte for byte", () => {
    const missing: string[] = [];
    let expected = 0;
    for (const { file, attachments_2of3: attachments } of oracle) {
      const mail = readMessage(corpusFile(file));
      for (const { sha256: digest, bytes, count } of attachments) {
        expected += count;
        if (countOf(mail, digest, bytes) < count) missing.push(`${file} ${digest}`);
      }
    }
    report(`mail corpus: ${expected - missing.length} of ${expected} oracle attachments byte-equal`);
    expect(missing).toEqual([]);
  });

  it("give each attachment again from its range of the raw message, read in pieces", async () => {
    let count = 0;
    for (const { file } of listed) {
      const raw = corpusFile(file);
      for (const { encoding, from, to, sha256: digest } of readMessage(raw).attachments) {
        const hash = createHash("sha256");
        for await (const piece of decodeTransfer(encoding, inPieces(raw.subarray(from, to), 1021))) hash.update(piece);
        expect(hash.digest("hex"), file).toBe(digest);
        count++;
      }
    }
    report(`mail corpus: ${count} attachments listed in all`);
  });

  it("never throw when damaged", () => {
    const files = listed.map(({ file }) => corpusFile(file)).filter((raw) => raw.length < 40_000);
    const cut = fc.record({ at: fc.nat(), length: fc.nat({ max: 60 }), bytes: fc.uint8Array({ maxLength: 8 }) });
    fc.assert(
      fc.property(fc.nat({ max: files.length - 1 }), fc.array(cut, { minLength: 1, maxLength: 6 }), (index, cuts) => {
        let raw = files[index] ?? Buffer.alloc(0);
        for (const { at, length, bytes } of cuts) {
          const from = at % (raw.length + 1);
          raw = Buffer.concat([raw.subarray(0, from), bytes, raw.subarray(from + length)]);
        }
        for (const { from, to } of readMessage(raw).attachments)
          expect(from >= 0 && from <= to && to <= raw.length).toBe(true);
      }),
      { numRuns: process.env["CANDOR_FULL"] ? 20_000 : 1000 },
    );
  }, 120_000);
});
