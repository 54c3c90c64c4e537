/** Which page stands at which path. */
import type { PageOf } from "./page.ts";
import { checksPage } from "./pages/checks.ts";
import { claimPage } from "./pages/claim.ts";
import { exceptionsPage } from "./pages/exceptions.ts";
import { gapsPage } from "./pages/gaps.ts";
import { hardeningPage } from "./pages/hardening.ts";
import { policiesPage, policyOfComponentPage } from "./pages/policies.ts";
import { policyPage } from "./pages/policy.ts";
import { posturePage } from "./pages/posture.ts";
import { risksPage } from "./pages/risks.ts";
import { scopePage } from "./pages/scope.ts";
import { supportPage } from "./pages/support.ts";
import { thanksPage } from "./pages/thanks.ts";
import { threatModelPage } from "./pages/threat-model.ts";

/** Pages by path. */
const single: Readonly<Record<string, PageOf>> = {
  "/": posturePage,
  "/gaps": gapsPage,
  "/policy": policyPage,
  "/scope": scopePage,
  "/support": supportPage,
  "/risks": risksPage,
  "/exceptions": exceptionsPage,
  "/threat-model": threatModelPage,
  "/checks": checksPage,
  "/hardening": hardeningPage,
  "/policies": policiesPage,
  "/thanks": thanksPage,
};

/** Pages of one item each, by what stands before its id. */
const families: Readonly<Record<string, PageOf>> = {
  "/claims/": claimPage,
  "/policies/": policyOfComponentPage,
};

export interface Route {
  readonly page: PageOf;
  readonly names: readonly string[];
}

export function routeOf(path: string): Route | undefined {
  const page = Object.hasOwn(single, path) ? single[path] : undefined;
  if (page) return { page, names: [] };
  const [, family = "", name = ""] = /^(\/[a-z]+\/)([a-z0-9][a-z0-9-]{0,63})$/.exec(path) ?? [];
  const pageOfItem = Object.hasOwn(families, family) ? families[family] : undefined;
  return pageOfItem && { page: pageOfItem, names: [name] };
}

/** Where the facts of a page stand as JSON. */
export const twinOf = (path: string): string => (path === "/" ? "/posture.json" : `${path}.json`);

/** The page whose facts a path names; `undefined` where it names no twin. */
export function pageOfTwin(path: string): string | undefined {
  if (!path.endsWith(".json")) return undefined;
  return path === "/posture.json" ? "/" : path.slice(0, -".json".length);
}
