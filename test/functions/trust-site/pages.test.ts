import { gzipSync } from "node:zlib";
import { HtmlValidate } from "html-validate";
import { describe, expect, it } from "vitest";
import { siteDocument } from "#functions/trust-site/design/site-document.ts";
import type { Page } from "#functions/trust-site/page.ts";
import { searchPage } from "#functions/trust-site/pages/search.ts";
import { routeOf } from "#functions/trust-site/routes.ts";
import type { View } from "#functions/trust-site/view.ts";
import { itemsOf } from "#shared/posture/content.ts";
import { contentOf, sample } from "./sample-posture.ts";
import { viewOf } from "./sample-view.ts";

const content = contentOf(sample);
const paths = [
  ...["/", "/gaps", "/policy", "/scope", "/support", "/risks", "/exceptions", "/threat-model", "/checks", "/hardening"],
  ...["/policies", "/policies/system", "/policies/mounts", "/thanks"],
  ...itemsOf(content, "claims").map(({ id }) => `/claims/${id}`),
];

function pageAt(path: string, view: View): Page {
  const route = routeOf(path);
  const page = route?.page(view, ...route.names);
  if (!page) throw new Error(`There is no page at ${path}.`);
  return page;
}
const documentAt = (path: string, view: View): string =>
  siteDocument(pageAt(path, view), view, { path, twin: `${path}.json` }, {});

describe("a page", () => {
  it.each(paths)("%s says what its JSON says", (path) => {
    const view = viewOf(content);
    const page = pageAt(path, view);
    const said = wordsOf(documentAt(path, view));
    const missing = leavesOf(JSON.parse(JSON.stringify(page.facts))).filter((leaf) => !said.includes(leaf.said));
    expect(missing.map((leaf) => `${leaf.at}: ${leaf.said}`).join("\n")).toBe("");
  });

  it.each(["en", "de", "fr"])("is valid HTML in %s", async (language) => {
    const validator = new HtmlValidate({
      extends: ["html-validate:recommended"],
      rules: { "no-inline-style": "error", "long-title": "off", "no-trailing-whitespace": "off" },
    });
    const view = viewOf(content, { language });
    for (const path of paths) {
      const report = await validator.validateString(documentAt(path, view));
      const faults = report.results.flatMap(({ messages }) =>
        messages.map(
          ({ ruleId, message, line, column }) => `${path} ${ruleId}: ${message} (${String(line)}:${String(column)})`,
        ),
      );
      expect(faults.join("\n")).toBe("");
    }
  });

  it("needs no script and nothing from elsewhere", () => {
    for (const path of paths) {
      const page = documentAt(path, viewOf(content));
      expect(page.match(/<script(?! type="application\/ld\+json")/g)).toBeNull();
      expect([path, / (?:src|style|on[a-z]+)="/.exec(page)?.[0]]).toEqual([path, undefined]);
      expect(page.match(/<link [^>]*rel="(?!canonical|alternate|icon)/g)).toBeNull();
    }
  });

  it("is there only where the tenant has such a part", () => {
    const view = viewOf(contentOf({}));
    for (const path of [
      "/scope",
      "/support",
      "/risks",
      "/exceptions",
      "/threat-model",
      "/checks",
      "/hardening",
      "/policies",
      "/claims/x",
    ]) {
      const route = routeOf(path);
      expect([path, route?.page(view, ...route.names)]).toEqual([path, undefined]);
    }
    for (const path of ["/", "/gaps", "/policy", "/thanks"]) expect(pageAt(path, view).title).not.toBe("");
    for (const path of ["/claims/constructor", "/policies/__proto__", "/claims/toString"]) {
      const route = routeOf(path);
      expect(route?.page(viewOf(content), ...route.names)).toBeUndefined();
    }
  });
});

describe("the first page", () => {
  it("begins with what is true, the bad part included", () => {
    const said = wordsOf(documentAt("/", viewOf(content)));
    expect(said).toContain(
      "Eight claims: 3 enforced, 1 shipped, 1 beta, 1 partial, 1 mixed, 1 without a label. Seven gaps are conceded. Three claims have not been confirmed for 161 days, longer than the review allows. Two claims have never been dated. Read them as history until somebody confirms them. Two exceptions for dependencies are past review, by up to 111 days.",
    );
    expect(said).toContain("candor-verify https://kestrel.candor.example");
    expect(said).toContain("security@kestrel.candor.example");
  });

  it("strikes a label out the day after its review was due, and not before", () => {
    const only = contentOf({
      claims: [
        {
          id: "one",
          section: "S",
          title: "One",
          statement: "It is so.",
          label: { maturity: "enforced" },
          confirmation: { on: "2026-06-12", method: "review" },
        },
      ],
    });
    const page = (day: string) => documentAt("/", viewOf(only, { day }));
    expect(page("2026-09-10").includes("<s ")).toBe(false);
    expect(page("2026-09-11").includes('<s class="stamp enforced struck">')).toBe(true);
    expect(wordsOf(page("2026-09-11"))).toContain("not confirmed since 12 June 2026");
  });

  it("of 60 claims weighs less than 40 kB with its styles, as it is sent", () => {
    const words = documentAt("/policy", viewOf(content))
      .replaceAll(/<[^>]*>/g, " ")
      .split(/\s+/)
      .slice(200);
    const texts = (seed: number, count: number) =>
      Array.from({ length: count }, (_, at) => words[(seed * 7919 + at * at * 31 + at * 17) % words.length])
        .join(" ")
        .replaceAll(/[<>&{}"]/g, "");
    const claims = Array.from({ length: 60 }, (_, n) => ({
      ...{
        id: `claim-${String(n)}`,
        section: `Section ${String(n % 6)}`,
        title: `Claim ${texts(n, 6)}`.slice(0, 150).trim(),
      },
      statement: texts(n + 100, 50),
      label: { maturity: "enforced" as const },
      caveats: n % 4 === 0 ? [{ id: "one", summary: texts(n + 200, 14) }] : [],
      evidence: [
        { id: "path", kind: "source-path" as const, path: `src/part-${String(n)}/file.ts`, proves: texts(n + 300, 10) },
      ],
      confirmation: { on: "2026-10-01", method: "review" as const },
    }));
    expect(gzipSync(documentAt("/", viewOf(contentOf({ claims }))), { level: 9 }).length).toBeLessThan(40_000);
  });

  it("of a tenant without claims says that nothing is claimed", () => {
    expect(wordsOf(documentAt("/", viewOf(contentOf({}))))).toContain("Until one is, nothing is claimed.");
  });
});

describe("hostile content", () => {
  const nasty = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`;
  it("is shown as the text it is, wherever it stands", () => {
    const poisoned = JSON.parse(JSON.stringify(content), (key, value: unknown) =>
      typeof value === "string" &&
      /^(?:title|statement|section|technology|summary|plan|reason|name|value|proves|by|note|phase|component)$/.test(key)
        ? nasty
        : value,
    ) as typeof content;
    const view = { ...viewOf(poisoned), organisation: { ...viewOf().organisation, name: nasty, about: nasty } };
    for (const path of paths) {
      const page = documentAt(path, view);
      expect([path, /<script>|<img /.exec(page)?.[0]]).toEqual([path, undefined]);
      expect(page.match(/<\/script>/g)).toHaveLength(1);
    }
  });

  it("never becomes a link to anything but the web, mail and the site itself", () => {
    const tools = [{ id: "one", title: "One", statement: "x" }];
    const view = viewOf(contentOf({ tools }));
    const targets = [
      "javascript:alert(1)",
      "//evil.example",
      "/\\evil.example",
      "data:text/html,x",
      "vbscript:x",
      " javascript:x",
    ];
    const prose = { x: [["p", targets.map((target) => ["a", target, ["click"]] as const)] as const] };
    const page = documentAt("/checks", { ...view, prose });
    for (const target of targets) expect([target, page.includes(`href="${target}`)]).toEqual([target, false]);
  });
});

describe("search", () => {
  it("finds by every word, without regard to case and accents, and leads to where it stands", () => {
    const { facts } = searchPage(viewOf(content), "ROOT hash");
    expect(facts).toMatchObject({ found: 1, hits: [{ kind: "claims", path: "/claims/module-verification" }] });
    expect(searchPage(viewOf(content), "protobuf").facts).toMatchObject({
      found: 1,
      hits: [{ path: "/exceptions#exceptions_protobuf" }],
    });
    expect(searchPage(viewOf(content), "no such word").facts).toMatchObject({ found: 0, hits: [] });
    expect(searchPage(viewOf(content), "").facts).toMatchObject({ found: 0 });
  });

  it("shows a hostile question as text", () => {
    const view = viewOf(content);
    const page = siteDocument(searchPage(view, `"><script>alert(1)</script>`), view, { path: "/search" }, {});
    expect(page.includes("<script>alert")).toBe(false);
  });
});

/** What a reader, or a program that reads the page, finds in it: its words, and the attributes that hold facts. */
function wordsOf(page: string): string {
  const attributes = [...page.matchAll(/ (?:href|datetime|id|class|title|data-of)="([^"]*)"/g)].map(
    ([, value = ""]) => value,
  );
  const text = page
    .replace(/<head>.*<\/head>/s, "")
    .replaceAll(/<(?:br|\/p|\/li|\/dd|\/dt|\/h\d|\/td|\/th)>/g, " ")
    .replaceAll(/<[^>]*>/g, "");
  return plain(`${text} ${attributes.join(" ")}`);
}
const plain = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ");

/** Members that a page says in words of its own language, or draws. */
const inWords = new Set(
  "maturity state kind status level place direction method result by need force role asks about who standing gate warningOnly enforced legal repeats trigger end length daysLeft bytes counts".split(
    " ",
  ),
);

function leavesOf(value: unknown, at = ""): { at: string; said: string }[] {
  if (Array.isArray(value)) return value.flatMap((member, index) => leavesOf(member, `${at}/${String(index)}`));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([name, member]) =>
      inWords.has(name) ? [] : leavesOf(member, `${at}/${name}`),
    );
  if (value === null || typeof value === "boolean") return [];
  return [{ at, said: saidOf(String(value)) }];
}

/** Prose without its marks, and periods by their number. */
function saidOf(text: string): string {
  if (/^P(?:T?\d+)[DWMYHS]$/.test(text)) return /\d+/.exec(text)?.[0] ?? text;
  if (text === "single-use") return "good once";
  const [first = ""] = text.split(/\n\n|\n- /);
  return plain(first.replaceAll(/\*\*|`/g, "").replace(/:$/, "")).trim();
}
