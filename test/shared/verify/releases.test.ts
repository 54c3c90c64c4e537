import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { siteReader } from "#infra/verify/site-reader.ts";
import { digestOf } from "#shared/release/digest.ts";
import { publishedEntry } from "#shared/release/log-entry.ts";
import type { LieName } from "#shared/verify/finding.ts";
import { type SiteResult, verifySite } from "#shared/verify/site.ts";
import { State } from "#shared/verify/state.ts";
import { flipBit, localEcdsaSigner } from "#test/shared/signing/local-signer.ts";
import { later, now, TestSite } from "./test-site.ts";

const minute = 60_000;
const ago = (at: Date, minutes: number): Date => new Date(at.getTime() - minutes * minute);

let site: TestSite;
let address: URL;
const open: TestSite[] = [];

beforeEach(async () => {
  site = new TestSite();
  open.push(site);
  address = await site.listen();
  site.fill(20);
  await site.addRelease(ago(now, 60), '{"content":1}');
  await site.addRelease(ago(now, 30), '{"content":2}');
  await site.publish(now);
});
afterAll(() => {
  for (const one of open) one.server.close();
});

const run = (state?: State, at = state === undefined ? now : later): Promise<SiteResult> =>
  verifySite({
    site: address,
    read: siteReader(address, { timeoutMs: 2000 }),
    state,
    pins: [],
    now: at,
    mostBundles: 4096,
    onProgress: () => {},
  });

const releasesIn = ({ findings }: SiteResult) => findings.find(({ check }) => check === "releases");
function lieIn({ findings }: SiteResult): LieName | undefined {
  const found = findings.find(({ result }) => result === "lie");
  return found?.result === "lie" ? found.lie : undefined;
}

/** The state of an honest run, through the form that the file has. */
async function firstState(): Promise<State> {
  const { findings, state } = await run();
  expect(findings.filter(({ result }) => result === "lie")).toEqual([]);
  return State.parse(JSON.parse(JSON.stringify(state)));
}

describe("an honest trust center's releases", () => {
  it("hold: logged, signed, with the body that was signed", async () => {
    const state = await firstState();
    expect(releasesIn(await run(state))).toMatchObject({
      result: "holds",
      detail: expect.stringContaining("2 listed, 2"),
    });
    expect(Object.keys(state.releases ?? {})).toEqual(["1", "2"]);
    await site.addRelease(ago(later, 60), '{"content":3}');
    await site.publish(later);
    const { state: next } = await run(state);
    expect(Object.keys(next?.releases ?? {})).toEqual(["1", "2", "3"]);
  });

  it("hold when one was withdrawn and the log says so", async () => {
    const state = await firstState();
    const [first] = site.releases;
    if (first) site.withdraw(first, ago(later, 60));
    await site.publish(later);
    expect(releasesIn(await run(state))).toMatchObject({ result: "holds" });
    expect(releasesIn(await run(undefined, later))).toMatchObject({ result: "holds" });
  });

  it("wait where the list is newer than the checkpoint beside it", async () => {
    const state = await firstState();
    const held = site.text("ledger/checkpoint");
    await site.addRelease(ago(later, 1), '{"content":3}');
    await site.publish(later);
    site.write("ledger/checkpoint", held);
    expect(releasesIn(await run(state))).toMatchObject({ result: "waits" });
  });

  it("hold while a cache still has the page of the one before", async () => {
    const state = await firstState();
    const page = site.text("posture.json");
    await site.addRelease(ago(later, 1), '{"content":3}');
    await site.publish(later);
    site.write("posture.json", page);
    expect(releasesIn(await run(state))).toMatchObject({ result: "holds" });
  });

  it("wait where the log is newer than the list", async () => {
    const state = await firstState();
    const list = site.text("releases.json");
    await site.addRelease(ago(later, 1), '{"content":3}');
    await site.publish(later);
    site.write("releases.json", list);
    expect(releasesIn(await run(state))).toMatchObject({ result: "waits" });
  });

  it("are found in the log also by a state file from before they were looked at", async () => {
    const { log, releases: _, ...rest } = await firstState();
    const { releaseEntries: __, ...older } = log ?? ({} as NonNullable<typeof log>);
    expect(releasesIn(await run({ ...rest, log: older }))).toMatchObject({ result: "holds" });
  });

  it("are none where none was ever published", async () => {
    const empty = new TestSite();
    open.push(empty);
    address = await empty.listen();
    await empty.publish(now);
    empty.write("releases.json", '{"shown":null,"items":[]}');
    expect(releasesIn(await run())).toMatchObject({ result: "absent" });
  });
});

const change = (path: string, from: string, to: string) => {
  expect(site.text(path)).toContain(from);
  site.write(path, site.text(path).replace(from, to));
};
/** A third release, shown; then something about it is not as it was. */
const third = async (lie: () => void) => {
  await site.addRelease(ago(later, 60), '{"content":3}');
  await site.publish(later);
  lie();
};

/** Each is told after an honest first run. */
const lies: Record<string, [LieName, () => Promise<void> | void]> = {
  "a body that was exchanged": ["release-body", () => third(() => site.write("releases/3/body.json", '{"content":9}'))],
  "a statement that nobody signed": [
    "release-signature",
    () => third(() => site.write("releases/3/body.sigstore.json", "{}")),
  ],
  "a statement signed by another key": [
    "release-signature",
    async () => {
      await site.addRelease(ago(later, 60), '{"content":3}', localEcdsaSigner());
      await site.publish(later);
    },
  ],
  "the statement of another release": [
    "release-statement",
    () => third(() => site.write("releases/3/body.sigstore.json", site.bytes("releases/2/body.sigstore.json"))),
  ],
  "a note that was not signed": [
    "release-statement",
    () => third(() => change("releases.json", "Release 3", "Release iii")),
  ],
  "a release that is not in the log": [
    "release-not-logged",
    async () => {
      site.releases.push(await site.makeRelease(ago(later, 60), '{"content":3}'));
      await site.publish(later);
    },
  ],
  "a release with another body than the logged one": [
    "release-not-logged",
    async () => {
      const made = await site.makeRelease(ago(later, 60), '{"content":3}');
      site.log(publishedEntry("hearth", { ...made, body: digestOf(Buffer.from("other")) }));
      site.releases.push({ ...made, index: site.entries.length - 1 });
      await site.publish(later);
    },
  ],
  "another tenant's release in its place": [
    "release-not-logged",
    async () => {
      const made = await site.makeRelease(ago(later, 60), '{"content":3}');
      site.log(publishedEntry("lantern", made));
      site.releases.push({ ...made, index: site.entries.length - 1 });
      await site.publish(later);
    },
  ],
  "a proof that leads nowhere": [
    "release-proof",
    () =>
      third(() => {
        const path = "releases/3/body.tlog-proof";
        site.write(path, flipBit(site.bytes(path), 8 * 40));
      }),
  ],
  "a proof for another release": [
    "release-proof",
    () => third(() => site.write("releases/3/body.tlog-proof", site.bytes("releases/2/body.tlog-proof"))),
  ],
  "an older release than was shown before": [
    "release-rolled-back",
    () => {
      site.releases.pop();
      site.listReleases();
    },
  ],
  "the pointer on an older one": ["release-old-shown", () => third(() => site.listReleases(2))],
  "a first page of an older one": [
    "release-old-shown",
    () =>
      third(() =>
        site.write("posture.json", JSON.stringify({ release: { release: 2, body: site.releases[1]?.body } })),
      ),
  ],
  "a first page of no release": ["release-old-shown", () => third(() => site.write("posture.json", "{}"))],
  "a release kept back that is logged": [
    "release-hidden",
    () =>
      third(() => {
        site.releases.pop();
        site.listReleases();
      }),
  ],
  "a release left out of the list": [
    "release-hidden",
    () => {
      site.releases.shift();
      site.listReleases();
    },
  ],
  "an old release with another body": [
    "release-rewritten",
    () => change("releases.json", `"body":"${site.releases[0]?.body}"`, `"body":"${digestOf(Buffer.from("x"))}"`),
  ],
  "a chain that does not hold": [
    "release-chain",
    () =>
      third(() => {
        const previous = digestOf(Buffer.from("x"));
        change("releases.json", `"previous":"${site.releases[1]?.body}"`, `"previous":"${previous}"`);
      }),
  ],
  "a key that was not in use then": [
    "release-key",
    () => third(() => change("releases.json", `"publishedAt":"${site.releases[2]?.publishedAt}"`, tooEarly)),
  ],
  "a withdrawal that the log does not have": [
    "release-hidden",
    async () => {
      const [first] = site.releases;
      if (first) first.withdrawn = { at: ago(later, 60).toISOString(), reason: "Because." };
      await site.publish(later);
    },
  ],
  "a list taken away": ["withdrawn", () => void site.files.delete("releases.json")],
  "a body taken away": ["release-missing", () => third(() => void site.files.delete("releases/3/body.json"))],
  "a list that is none": ["malformed", () => site.write("releases.json", '{"shown":2}')],
  "a list that does not end": [
    "release-missing",
    () => change("releases.json", '"items"', '"next":"/releases.json?before=1","items"'),
  ],
};
const tooEarly = '"publishedAt":"2026-04-01T00:00:00.000Z"';

describe("a lying trust center", () => {
  it.each(Object.entries(lies))("is caught with %s", async (_name, [expected, tell]) => {
    const state = await firstState();
    await tell();
    const result = await run(state);
    expect(lieIn(result)).toBe(expected);
    expect(result.state).toBeUndefined();
  });

  it.each([
    ["release-body", "releases/1/body.json"],
    ["release-signature", "releases/1/body.sigstore.json"],
  ] as const)("is caught at first sight, in an old release too: %s", async (expected, path) => {
    site.write(path, "{}");
    expect(lieIn(await run())).toBe(expected);
  });
});
