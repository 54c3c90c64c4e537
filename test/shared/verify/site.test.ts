import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { siteReader } from "#infra/verify/site-reader.ts";
import { formatNoteKey } from "#shared/signing/note-key.ts";
import { formatPem, keyThumbprint } from "#shared/signing/public-key.ts";
import type { LieName } from "#shared/verify/finding.ts";
import { parsePin } from "#shared/verify/pins.ts";
import { type SiteResult, verifySite } from "#shared/verify/site.ts";
import { State } from "#shared/verify/state.ts";
import { treeHash } from "#test/shared/ledger/reference-tree.ts";
import { flipBit, localEcdsaSigner, localEd25519Signer } from "#test/shared/signing/local-signer.ts";
import { about, later, now, origin, TestSite } from "./test-site.ts";

const hour = 3_600_000;
const dayOf = (at: Date, hours: number): Date => new Date(at.getTime() + hours * hour);

let site: TestSite;
let address: URL;
const open: TestSite[] = [];

beforeEach(async () => {
  site = new TestSite();
  open.push(site);
  address = await site.listen();
  site.fill(300);
  await site.publish(now);
});
afterAll(() => {
  for (const one of open) one.server.close();
});

async function run(state?: State, more: Partial<Parameters<typeof verifySite>[0]> = {}): Promise<SiteResult> {
  return await verifySite({
    site: address,
    read: siteReader(address, { timeoutMs: 2000 }),
    state,
    pins: [],
    now: state === undefined ? now : later,
    mostBundles: 4096,
    onProgress: () => {},
    ...more,
  });
}

function lieIn({ findings }: SiteResult): { lie?: LieName; check?: string; detail?: string } {
  const found = findings.find(({ result }) => result === "lie");
  return found?.result === "lie" ? { lie: found.lie, check: found.check, detail: found.detail } : {};
}

/** The state of an honest run, through the form that the file has. */
async function firstState(): Promise<State> {
  const { findings, state } = await run();
  expect(findings.filter(({ result }) => result === "lie")).toEqual([]);
  return State.parse(JSON.parse(JSON.stringify(state)));
}

async function grow(): Promise<void> {
  site.fill(600);
  await site.publish(later);
}

describe("an honest trust center", () => {
  it("holds at first sight, and again after its log grew and its key was rotated with overlap", async () => {
    const state = await firstState();
    const [first] = site.keys;
    if (first === undefined) throw new Error("no key");
    site.addKey(localEcdsaSigner(), dayOf(now, 1), dayOf(now, 2));
    site.retireKey(first, dayOf(now, 1), dayOf(now, 3));
    await grow();
    const { findings, state: next } = await run(state);
    const results = Object.fromEntries(findings.map(({ check, result }) => [check, result]));
    expect(results).toEqual({
      keys: "holds",
      "pinned keys": "absent",
      checkpoint: "holds",
      "log root": "holds",
      "log growth": "holds",
      "log entries": "holds",
      "key changes": "holds",
      "security.txt": "holds",
      releases: "absent",
      advisories: "absent",
      "other view": "absent",
    });
    expect(next?.log?.read.size).toBe(600);
    expect(next?.log?.keyEntries.map(({ entry }) => entry.kind)).toEqual(["key.added", "key.added", "key.retired"]);
    expect(lieIn(await run(next))).toEqual({});
  });

  it("reads a long log in several runs, and says how much is left", async () => {
    await grow();
    const one = await run(undefined, { mostBundles: 1, now: later });
    expect(one.findings).toContainEqual(expect.objectContaining({ check: "log entries", result: "waits" }));
    expect(one.findings).toContainEqual(expect.objectContaining({ check: "key changes", result: "waits" }));
    expect(one.state?.log?.read.size).toBe(256);
    const two = await run(one.state, { mostBundles: 2 });
    expect(two.findings).toContainEqual(expect.objectContaining({ check: "key changes", result: "holds" }));
    expect(lieIn(two)).toEqual({});
  });

  it("may drop a partial tile once it has the full one", async () => {
    await grow();
    const old = site.text("ledger/checkpoint");
    site.fill(1000);
    await site.publishLog();
    site.write("ledger/checkpoint", old);
    site.files.delete("ledger/tile/0/002.p/88");
    site.files.delete("ledger/tile/entries/002.p/88");
    expect(lieIn(await run(undefined, { now: later }))).toEqual({});
  });

  it("has rows for what is not published yet, and no lie", async () => {
    site.files.clear();
    const { findings } = await run();
    expect(findings.every(({ result }) => result === "absent")).toBe(true);
  });

  it("may show security.txt from a cache while the key that signed it is still good", async () => {
    const state = await firstState();
    const [first] = site.keys;
    const cached = site.text(".well-known/security.txt");
    site.addKey(localEcdsaSigner(), dayOf(now, 1), dayOf(now, 2));
    if (first) site.retireKey(first, dayOf(now, 1), dayOf(later, 1));
    await site.publish(later);
    site.write(".well-known/security.txt", cached);
    expect(lieIn(await run(state))).toEqual({});
  });

  it("may publish a new key before the log has it, as long as it is not in use", async () => {
    const state = await firstState();
    const [current] = site.keys;
    site.keys.push({ signer: localEcdsaSigner(), usedFrom: dayOf(later, 1) });
    await site.publish(later, current);
    const { findings } = await run(state);
    expect(findings).toContainEqual(expect.objectContaining({ check: "key changes", result: "waits" }));
  });

  it.each([
    ["the log's verifier key", () => formatNoteKey(origin, site.logKey.publicKey)],
    ["a thumbprint", () => keyThumbprint(firstKey().publicKey)],
    ["a PEM file", () => formatPem(firstKey().publicKey)],
    ["an OpenPGP file", () => site.text(".well-known/openpgp-key.asc")],
  ])("holds under a key given by hand: %s", async (_name, given) => {
    expect(lieIn(await run(undefined, { pins: [parsePin(given())] }))).toEqual({});
  });

  it("trusts no state file of another site", async () => {
    const state = await firstState();
    await expect(run({ ...state, site: "https://other.example" })).rejects.toMatchObject({ name: "Trouble" });
  });
});

const firstKey = () => {
  const [first] = site.keys;
  if (first === undefined) throw new Error("no key");
  return first.signer;
};

/** Publishes, beside the truth, a fork: the same site with one old entry exchanged. */
function forkOf(size: number): Uint8Array[] {
  const forked = [...site.entries.slice(0, size)];
  forked[7] = Buffer.from('{"kind":"other","n":-7}');
  return forked;
}

const replaceIn = (path: string, from: string, to: string) => {
  expect(site.text(path)).toContain(from);
  site.write(path, site.text(path).replace(from, to));
};

/** Each lie is told after an honest first run and growth from 300 entries to 600. */
const lies: Record<string, [LieName, () => Promise<void> | void]> = {
  "security.txt with another contact under the old signature": [
    "security-txt-signature",
    () => replaceIn(".well-known/security.txt", "security@hearth", "security@heart"),
  ],
  "security.txt signed by another key": [
    "security-txt-signature",
    () => site.publishSecurityTxt(later, localEcdsaSigner()),
  ],
  "security.txt that expired": [
    "security-txt-expired",
    () => site.publishSecurityTxt(later, firstKey(), (text) => text.replace("2027-01-01", "2026-06-01")),
  ],
  "security.txt of another site": [
    "security-txt-canonical",
    () => site.publishSecurityTxt(later, firstKey(), (text) => text.replace("https://hearth", "https://lantern")),
  ],
  "security.txt with two dates": [
    "security-txt-fields",
    () => site.publishSecurityTxt(later, firstKey(), (text) => `${text}\nExpires: 2028-01-01T00:00:00Z`),
  ],
  "security.txt signed in the future": ["security-txt-key", () => site.publishSecurityTxt(dayOf(later, 1), firstKey())],
  "security.txt taken away": ["withdrawn", () => void site.files.delete(".well-known/security.txt")],
  "a kid that is not its key's thumbprint": [
    "malformed",
    () => {
      const kid = keyThumbprint(firstKey().publicKey);
      replaceIn(".well-known/jwks.json", kid, keyThumbprint(localEcdsaSigner().publicKey));
    },
  ],
  "a PEM key that the JWKS has not": [
    "pem-disagrees",
    () => site.write(".well-known/candor.pub", formatPem(localEcdsaSigner().publicKey)),
  ],
  "an OpenPGP key that the JWKS has not": [
    "openpgp-disagrees",
    async () => site.write(".well-known/openpgp-key.asc", await site.certificate(localEcdsaSigner(), later)),
  ],
  "a key that is gone": [
    "key-vanished",
    async () => {
      site.keys.length = 0;
      site.addKey(localEcdsaSigner(), dayOf(now, 1), dayOf(now, 2));
      await site.publish(later);
    },
  ],
  "a key with another beginning": [
    "key-rewritten",
    async () => {
      const [first] = site.keys.splice(0);
      if (first) site.keys.push({ ...first, usedFrom: dayOf(first.usedFrom, -24) });
      await site.publish(later);
    },
  ],
  "a key whose end is not the logged one": [
    "key-rewritten",
    async () => {
      const [first] = site.keys;
      site.addKey(localEcdsaSigner(), dayOf(now, 1), dayOf(now, 2));
      if (first) site.retireKey(first, dayOf(now, 1), dayOf(now, 30));
      if (first) first.retiredAt = dayOf(now, 29);
      await site.publish(later);
    },
  ],
  "security.txt still signed by the key before, which is retired": [
    "security-txt-signature",
    async () => {
      const [first] = site.keys;
      site.addKey(localEcdsaSigner(), dayOf(now, 1), dayOf(now, 2));
      if (first) site.retireKey(first, dayOf(now, 1), dayOf(now, 3));
      await site.publish(later);
      if (first) await site.publishSecurityTxt(now, first.signer);
    },
  ],
  "a changed key without a log entry": [
    "key-not-logged",
    async () => {
      site.keys.push({ signer: localEcdsaSigner(), usedFrom: dayOf(now, 2) });
      await site.publish(later);
    },
  ],
  "a retired key whose end is not logged": [
    "key-not-logged",
    async () => {
      const [first] = site.keys;
      site.addKey(localEcdsaSigner(), dayOf(now, 1), dayOf(now, 2));
      if (first) first.retiredAt = dayOf(now, 3);
      await site.publish(later);
    },
  ],
  "a key that says it was used when it was not published": [
    "key-backdated",
    async () => {
      site.addKey(localEcdsaSigner(), dayOf(now, -48), dayOf(now, -24));
      await site.publish(later);
    },
  ],
  "a rotation without overlap": [
    "key-overlap",
    async () => {
      site.addKey(localEcdsaSigner(), dayOf(now, 2), dayOf(now, 2));
      await site.publish(later);
    },
  ],
  "a rotation with a gap": [
    "key-overlap",
    async () => {
      const [first] = site.keys;
      site.addKey(localEcdsaSigner(), dayOf(now, 1), dayOf(now, 4));
      if (first) site.retireKey(first, dayOf(now, 1), dayOf(now, 3));
      await site.publish(later);
    },
  ],
  "a logged key that the site does not show": [
    "key-hidden",
    async () => {
      site.log({ kind: "key.added", ...about(localEcdsaSigner(), now), usedFrom: dayOf(now, 1).toISOString() });
      await site.publishLog();
    },
  ],
  "a checkpoint of another log": [
    "checkpoint-origin",
    async () => site.write("ledger/checkpoint", await site.checkpoint(site.entries, "other.example/ledger")),
  ],
  "a checkpoint signed by an unknown key": [
    "checkpoint-key",
    async () => site.write("ledger/checkpoint", await site.checkpoint(site.entries, origin, localEd25519Signer())),
  ],
  "a checkpoint whose size was changed": [
    "checkpoint-signature",
    () => replaceIn("ledger/checkpoint", "\n600\n", "\n599\n"),
  ],
  "a checkpoint with a root that the tiles have not": [
    "tiles-disagree",
    async () => site.write("ledger/checkpoint", await site.checkpoint(forkOf(600))),
  ],
  "a log rolled back": ["log-rolled-back", async () => await site.publishLog(site.entries.slice(0, 299))],
  "a fork of the same size": ["log-forked", async () => await site.publishLog(forkOf(300))],
  "a larger fork, with tiles and entries to match": [
    "log-inconsistent",
    async () => await site.publishLog(forkOf(600)),
  ],
  "a log taken away": ["withdrawn", () => void site.files.delete("ledger/checkpoint")],
  "a tile of leaves altered": [
    "tiles-disagree",
    () => site.write("ledger/tile/0/001", flipBit(site.bytes("ledger/tile/0/001"), 8 * 32 * 100)),
  ],
  "an entry altered": ["entry-altered", () => replaceIn("ledger/tile/entries/001", '"n":400', '"n":999')],
  "a tile cut short": [
    "tile-malformed",
    () => site.write("ledger/tile/0/002.p/88", site.bytes("ledger/tile/0/002.p/88").subarray(0, -1)),
  ],
  "an entry bundle cut short": [
    "tile-malformed",
    () => site.write("ledger/tile/entries/001", site.bytes("ledger/tile/entries/001").subarray(0, -1)),
  ],
  "a tile kept back": ["tile-missing", () => void site.files.delete("ledger/tile/1/000.p/2")],
  "an answer without end": [
    "too-long",
    () =>
      site.write("ledger/tile/0/001", (_request, response) => {
        const flood = setInterval(() => response.write(Buffer.alloc(4096)), 1);
        response.on("close", () => clearInterval(flood));
      }),
  ],
  "a redirect to another host": [
    "redirected",
    () =>
      site.write(".well-known/security.txt", (_request, response) => {
        response.writeHead(302, { location: "https://elsewhere.example/security.txt" }).end();
      }),
  ],
  "a text that is not UTF-8": ["malformed", () => site.write(".well-known/jwks.json", Buffer.of(0x7b, 0xff, 0x7d))],
};

describe("a lying trust center", () => {
  it.each(Object.entries(lies))("is caught with %s", async (_name, [expected, tell]) => {
    const state = await firstState();
    await grow();
    await tell();
    const result = await run(state);
    expect(lieIn(result).lie).toBe(expected);
    expect(result.state).toBeUndefined();
  });

  it("is caught at first sight by a key known from elsewhere", async () => {
    const pins = [parsePin(keyThumbprint(localEcdsaSigner().publicKey))];
    expect(lieIn(await run(undefined, { pins })).lie).toBe("pinned-key-missing");
    const logPins = [parsePin(formatNoteKey(origin, localEd25519Signer().publicKey))];
    expect(lieIn(await run(undefined, { pins: logPins })).lie).toBe("checkpoint-key");
  });

  it.each([
    ["tile-altered", "ledger/tile/0/000", 8 * 32 * 100],
    ["tiles-disagree", "ledger/tile/0/001.p/44", 8 * 32 * 7],
    ["entry-altered", "ledger/tile/entries/000", 8 * 4000],
    ["tiles-disagree", "ledger/tile/1/000.p/1", 0],
  ] as const)("is caught at first sight with %s: %s", async (expected, path, bit) => {
    site.write(path, flipBit(site.bytes(path), bit));
    expect(lieIn(await run()).lie).toBe(expected);
  });

  it("proves a fork by two signed checkpoints", async () => {
    const state = await firstState();
    const before = site.text("ledger/checkpoint");
    await site.publishLog(forkOf(300));
    const { findings } = await run(state);
    const found = findings.find(({ result }) => result === "lie");
    expect(found).toMatchObject({ evidence: [before, site.text("ledger/checkpoint")] });
  });

  it("is not caught by a slow answer: that is trouble, with what to do", async () => {
    site.write("ledger/checkpoint", () => {});
    const slow = run(undefined, { read: siteReader(address, { timeoutMs: 200 }) });
    await expect(slow).rejects.toMatchObject({ name: "Trouble", message: expect.stringContaining("run it again") });
  });
});

describe("two views of one log", () => {
  it("are one where the smaller is how the larger begins, whichever is whose", async () => {
    const small = await firstState();
    await grow();
    const large = (await run(small)).state;
    expect(lieIn(await run(large, { other: small }))).toEqual({});
    const served = site.text("ledger/checkpoint");
    site.write("ledger/checkpoint", small.log?.checkpoint ?? "");
    site.writeTiles(site.entries.slice(0, 300));
    const { findings } = await run(small, { other: large });
    expect(findings).toContainEqual(expect.objectContaining({ check: "other view", result: "holds" }));
    expect(served).not.toBe(small.log?.checkpoint);
  });

  it.each([
    [300, "log-forked"],
    [290, "log-inconsistent"],
  ] as const)("are split where the other saw another log of %i entries", async (size, expected) => {
    const state = await firstState();
    const other = { ...state, log: state.log && { ...state.log, checkpoint: await site.checkpoint(forkOf(size)) } };
    expect(lieIn(await run(state, { other }))).toMatchObject({ check: "other view", lie: expected });
  });
});

describe("what the test site itself is made of", () => {
  it("is a log by the letter of RFC 6962: its root is the reference's", () => {
    const root = treeHash(site.entries).toString("base64");
    expect(site.text("ledger/checkpoint").split("\n").slice(0, 3)).toEqual([origin, "300", root]);
  });
});
