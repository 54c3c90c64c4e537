import { describe, expect, it } from "vitest";
import { proveInclusion } from "#shared/ledger/inclusion.ts";
import { formatTlogProof, openTlogProof, parseTlogProof } from "#shared/ledger/tlog-proof.ts";
import { nodesInMemory, someEntries } from "./entries.ts";
import { treeHash } from "./reference-tree.ts";
import { SignedLog } from "./signed-log.ts";

const malformed = expect.objectContaining({ name: "Malformed" });

// The example of C2SP tlog-proof, with the checkpoint that tlog-checkpoint shows in full in place of its shortened one.
const example = `c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;

describe("the text of an offline proof", () => {
  it("reads the example of tlog-proof and writes it again", () => {
    const proof = parseTlogProof(example);
    expect(proof.index).toBe(73_894);
    expect(proof.proof.length).toBe(5);
    expect(Buffer.from(proof.extra ?? []).toString("latin1")).toContain("age-v1.2.1-darwin-arm64.tar.gz");
    expect(proof.checkpoint).toBe(example.slice(example.indexOf("\n\n") + 2));
    expect(formatTlogProof(proof)).toBe(example);
  });

  it("reads one without extra data, and one with a proof of no hashes", () => {
    const text = example.replace(/extra .*\n/, "");
    expect(parseTlogProof(text)).not.toHaveProperty("extra");
    expect(formatTlogProof(parseTlogProof(text))).toBe(text);
    const single = text.replace(/index[\s\S]*?\n\n/, "index 0\n\n");
    expect(parseTlogProof(single)).toMatchObject({ index: 0, proof: [] });
    expect(formatTlogProof(parseTlogProof(single))).toBe(single);
  });

  it.each([
    ["another version", example.replace("@v1", "@v2")],
    ["no first line", example.slice(example.indexOf("\n") + 1)],
    ["the index missing", example.replace("index 73894\n", "")],
    ["extra data after the index", example.replace(/(extra .*\n)(index .*\n)/, "$2$1")],
    ["extra data twice", example.replace(/(extra .*\n)/, "$1$1")],
    ["extra data that is not base64", example.replace("extra YWdl", "extra *Wdl")],
    ["a leading zero", example.replace("index 7", "index 07")],
    ["two spaces", example.replace("index 7", "index  7")],
    [
      "a hash of 31 bytes",
      example.replace("gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="),
    ],
    ["a hash with bits left over", example.replace("cdPlQ=", "cdPlR=")],
    ["54 hashes", example.replace(/(gSKy.*\n)/, "$1".repeat(50))],
    ["line ends of Windows", example.replaceAll("\n", "\r\n")],
    ["no checkpoint", example.slice(0, example.indexOf("\n\n") + 2)],
    ["an unsigned checkpoint", example.slice(0, example.indexOf("\n— ") + 1)],
    ["an empty line before the checkpoint", example.replace("\n\n", "\n\n\n")],
    ["a note that is no checkpoint", example.replace("\n20852163\n", "\n")],
    ["nothing", ""],
  ])("refuses %s", (_, text) => {
    expect(text).not.toBe(example);
    expect(() => parseTlogProof(text)).toThrow(malformed);
  });

  it("refuses to write what it would not read", () => {
    const proof = parseTlogProof(example);
    expect(() => formatTlogProof({ ...proof, index: -1 })).toThrow(malformed);
    expect(() => formatTlogProof({ ...proof, proof: [new Uint8Array(31)] })).toThrow(malformed);
    expect(() => formatTlogProof({ ...proof, checkpoint: "hello" })).toThrow(malformed);
  });
});

describe("an offline proof", () => {
  const entries = someEntries(100);
  const log = new SignedLog("log.example/public");
  const checkpoint = log.checkpoint({ size: 100, root: treeHash(entries) });
  const entry = (index: number) => entries[index] ?? Buffer.alloc(0);
  const fileFor = async (index: number) =>
    formatTlogProof({ index, proof: await proveInclusion(index, 100, nodesInMemory(entries)), checkpoint });

  it("opens for every entry, and for no other entry", async () => {
    for (const index of [0, 1, 63, 64, 98, 99]) {
      const file = await fileFor(index);
      expect(openTlogProof(file, entry(index), log.trusted)).toMatchObject({ size: 100 });
      expect(openTlogProof(file, entry((index + 1) % 100), log.trusted)).toBeUndefined();
    }
  });

  it("does not open for another log, or with a key of somebody else", async () => {
    const file = await fileFor(5);
    expect(openTlogProof(file, entry(5), { ...log.trusted, origin: "log.example/other" })).toBeUndefined();
    expect(openTlogProof(file, entry(5), new SignedLog("log.example/public").trusted)).toBeUndefined();
  });

  it("opens whatever its extra data says, since nothing vouches for them", async () => {
    const extra = Buffer.from("anything");
    const file = formatTlogProof({ ...parseTlogProof(await fileFor(5)), extra });
    expect(openTlogProof(file, entry(5), log.trusted)).toMatchObject({ size: 100 });
  });

  it("does not open, and does not throw, with any one character changed or cut off", async () => {
    const file = await fileFor(37);
    for (let i = 0; i < file.length; i += 1) {
      const changed = `${file.slice(0, i)}${file[i] === "a" ? "b" : "a"}${file.slice(i + 1)}`;
      expect(openTlogProof(changed, entry(37), log.trusted), `character ${i} of\n${file}`).toBeUndefined();
      expect(openTlogProof(file.slice(0, i), entry(37), log.trusted)).toBeUndefined();
    }
  });
});
