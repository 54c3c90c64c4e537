import { HtmlValidate } from "html-validate";
import { describe, expect, it } from "vitest";
import { siteDocument } from "#functions/trust-site/design/site-document.ts";
import { subscribePage } from "#functions/trust-site/pages/subscribe.ts";
import { contentOf, sample } from "./sample-posture.ts";
import { viewOf } from "./sample-view.ts";

const steps = ["", "/sent", "/confirm", "/confirmed", "/unsubscribe", "/ended", "/expired"].map(
  (step) => `/subscribe${step}`,
);
const asked = new URLSearchParams({ token: `"><b>${"x".repeat(20)}`, fault: "address" });

function documentAt(path: string, language: string, query = asked): string {
  const view = viewOf(contentOf(sample), { language });
  const page = subscribePage(view, path, query);
  if (!page) throw new Error(`There is no page at ${path}.`);
  return siteDocument(page, view, { path }, {});
}

describe("the pages below /subscribe", () => {
  it.each(["en", "de", "fr"])("are valid HTML in %s, whatever the link holds", async (language) => {
    const validator = new HtmlValidate({
      extends: ["html-validate:recommended"],
      rules: { "long-title": "off", "no-trailing-whitespace": "off" },
    });
    for (const path of steps) {
      const report = await validator.validateString(documentAt(path, language));
      expect([path, report.results.flatMap(({ messages }) => messages.map(({ message }) => message))]).toEqual([
        path,
        [],
      ]);
      expect(documentAt(path, language)).not.toContain("<b>");
    }
  });

  it("do nothing when they are opened: a button does, and it sends the token in the body", () => {
    for (const [path, name] of [
      ["/subscribe/confirm", "token"],
      ["/subscribe/unsubscribe", "token"],
      ["/subscribe", "address"],
    ] as const) {
      const page = documentAt(path, "en");
      expect(page).toMatch(new RegExp(`<form class="ask" action="${path}" method="post">`));
      expect(page).toContain(`name="${name}"`);
    }
  });

  it("say what was wrong with the address, and only then", () => {
    expect(documentAt("/subscribe", "en")).toContain('role="alert"');
    expect(documentAt("/subscribe", "en", new URLSearchParams())).not.toContain('role="alert"');
  });

  it("end there", () => {
    expect(subscribePage(viewOf(contentOf(sample)), "/subscribe/other", asked)).toBeUndefined();
  });
});
