/**
 * The pages of tenants' hosts. A page is a function of the release that is shown, the day in the tenant's zone, the language and the
 * path, and what was rendered is kept under exactly that name: a page ages at the tenant's midnight, without anybody doing anything.
 */
import type { KnownTenant } from "#shared/access/scope.ts";
import { dayIn } from "#shared/posture/day.ts";
import type { ReleaseBody } from "#shared/posture/release-body.ts";
import { differenceOf } from "#shared/release/difference.ts";
import type { ReleaseReader } from "#shared/store/release-reader.ts";
import { headersOfPage } from "./answer.ts";
import { type CurrentDay, openCalendar } from "./calendar.ts";
import { siteDocument } from "./design/site-document.ts";
import { atomFeed, jsonFeed } from "./feeds.ts";
import { gateAnswer } from "./gate.ts";
import type { Page } from "./page.ts";
import { differencePage } from "./pages/difference.ts";
import { homeFacts, homePage } from "./pages/home.ts";
import { releasePage, releasesPage } from "./pages/releases.ts";
import { searchPage } from "./pages/search.ts";
import { subscribePage } from "./pages/subscribe.ts";
import { readerLanguage } from "./reader-language.ts";
import { renderedCache } from "./rendered-cache.ts";
import { type Rendered, rendered } from "./representations.ts";
import { pageOfTwin, routeOf, twinOf } from "./routes.ts";
import type { SiteAnswer, SiteRequest } from "./site-request.ts";
import { robots, sitemap } from "./sitemap.ts";
import { type Reading, tenantView } from "./tenant-view.ts";
import type { View } from "./view.ts";

export interface PagePorts {
  /** The tenant whose host it is; `undefined` where it is nobody's. */
  readonly tenants: (host: string) => Promise<KnownTenant | undefined>;
  readonly releases: ReleaseReader;
  readonly mailDomain: string;
  readonly now: () => Date;
}

/** Of all that is kept. */
const mostBytes = 32 * 1024 * 1024;
/** Seconds: how long caches may go on with a page, and how much longer while they fetch the next one. */
const [fresh, stale] = [60, 600];
const longestQuery = 200;

/** Makes the function that answers for pages. `undefined`: this is no page, or not of a tenant that is served. */
export function createPages({ tenants, releases, mailDomain, now }: PagePorts) {
  const today = openCalendar();
  const cache = renderedCache(mostBytes);

  return async function pages(request: SiteRequest): Promise<SiteAnswer | undefined> {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    if (request.path === "/healthz")
      return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: ok };
    const tenant = await tenants(hostOf(request.host));
    if (tenant?.profile.standing.state !== "active") return undefined;
    const reportAddress = reportAddressOf(tenant, mailDomain);
    const shown = await releases.shown(tenant.scope);
    if (!shown) return unpublished(request, tenant, reportAddress, now());
    const query = new URLSearchParams(request.query);
    const language = readerLanguage(query.get("lang"), request.acceptLanguage);
    const asked = query.get("lang") === language;
    const origin = `${request.scheme}://${request.host}`;
    const current = today(shown.body.organisation.timeZone, now());
    const reading = { language, asked, origin, reportAddress };
    const { release, body } = shown.pointer;
    const only = request.path === "/gate.json" ? query.get("only") : null;
    const name = [tenant.scope.tenant, release, body, current.day, language, asked, origin, only, request.path].join(
      " ",
    );
    const kept = cache.find(name);
    if (kept) return answerTo(request, kept, current, now());
    const view = tenantView(shown.body, shown.pointer, current.day, reading);
    const fixed = ofRelease(request.path, only, view);
    if (fixed) cache.keep(name, fixed);
    const made = fixed ?? (await ofReleases(request.path, query, view, tenant, reading));
    return made && answerTo(request, made, current, now());
  };

  /** What follows from the release that is shown, and nothing else. */
  function ofRelease(path: string, only: string | null, view: View): Rendered | undefined {
    if (path === "/robots.txt") return rendered(robots(view.origin), plain("text/plain; charset=utf-8"));
    if (path === "/sitemap.xml") return rendered(sitemap(view), plain("application/xml"));
    if (path === "/gate.json") {
      const { status, text } = gateAnswer(view.content, view.release, view.day, only);
      return rendered(text, plain("application/json"), status);
    }
    return pageAt(path, path, view);
  }

  /** The page of a path, or its facts. `place` is the path within the release. */
  function pageAt(path: string, place: string, view: View): Rendered | undefined {
    const page = pageOfTwin(place);
    const route = routeOf(page ?? place);
    const made = route?.page(view, ...route.names);
    if (!made) return undefined;
    return page === undefined ? documentOf(made, path, twinOf(path), view) : factsOf(made, view);
  }

  /** What is about more than the release that is shown, or about one reader's question. */
  async function ofReleases(
    path: string,
    query: URLSearchParams,
    view: View,
    { scope }: KnownTenant,
    reading: Reading,
  ): Promise<Rendered | undefined> {
    if (path === "/search" || path === "/search.json") {
      const page = searchPage(view, (query.get("q") ?? "").trim().slice(0, longestQuery));
      return path === "/search" ? documentOf(page, path, undefined, view) : factsOf(page, view);
    }
    const step = subscribePage(view, path, query);
    if (step) return documentOf(step, path, undefined, view);
    if (path === "/feed.atom" || path === "/feed.json") {
      const { releases: list } = await releases.list(scope, undefined);
      return path === "/feed.atom"
        ? rendered(atomFeed(list, view), plain("application/atom+xml"))
        : rendered(jsonFeed(list, view), plain("application/feed+json"));
    }
    if (path === "/releases") {
      const before = /^[1-9]\d{0,7}$/.exec(query.get("before") ?? "")?.[0];
      const { releases: list, next } = await releases.list(scope, before === undefined ? undefined : Number(before));
      return documentOf(releasesPage(view, list, next), path, twinOf(path), view);
    }
    const [, number, rest = ""] = /^\/releases\/([1-9]\d{0,7})(\/.+)?$/.exec(path) ?? [];
    if (number === undefined) return undefined;
    const release = await releases.release(scope, Number(number));
    if (!release) return undefined;
    if (rest === "")
      return documentOf(releasePage(await then(), release), path, twinOf(path), view, release.withdrawn ? 410 : 200);
    const [, other] = /^\/diff\/([1-9]\d{0,7})$/.exec(rest) ?? [];
    if (other !== undefined) {
      const second = await releases.release(scope, Number(other));
      if (!second) return undefined;
      const [one, two] = await Promise.all([releases.body(scope, release), releases.body(scope, second)]);
      if (one && two)
        return documentOf(
          differencePage(view, release.release, second.release, differenceOf(one, two)),
          path,
          twinOf(path),
          view,
        );
      const gone = one ? second : release;
      return documentOf(releasePage(view, gone), path, undefined, view, 410);
    }
    const place = rest === "/posture" ? "/" : rest;
    if (!routeOf(pageOfTwin(place) ?? place)) return undefined;
    const old = await releases.body(scope, release);
    if (!old) return documentOf(releasePage(view, release), path, undefined, view, 410);
    return pageAt(path, place, historic(old));

    /** As it was on the day it was published. */
    function historic(body: ReleaseBody): View {
      const day = dayIn(body.organisation.timeZone, new Date(release?.publishedAt ?? 0));
      return tenantView(body, release ?? view.release, day, reading, release?.release !== view.release.release);
    }
    async function then(): Promise<View> {
      const body = release && (await releases.body(scope, release));
      return body ? { ...view, content: historic(body).content } : view;
    }
  }
}

export const reportAddressOf = ({ profile }: KnownTenant, mailDomain: string): string =>
  `security@${profile.slug}.${mailDomain}`;

/** The host of a request, without its port. */
export const hostOf = (header: string): string => header.toLowerCase().replace(/:\d+$/, "");

const ok = { bytes: Uint8Array.from(Buffer.from("ok")), text: "ok", isBase64: false };

const plain = (type: string) => ({
  "content-type": type,
  "x-content-type-options": "nosniff",
  vary: "Accept-Language, Accept-Encoding",
});

function documentOf(page: Page, path: string, twin: string | undefined, view: View, status = 200): Rendered {
  const text = siteDocument(
    page,
    view,
    { path, twin, unlisted: view.historic || status !== 200 || /^\/(?:search$|subscribe\/)/.test(path) },
    {},
  );
  return rendered(
    text,
    { ...headersOfPage(), ...plain("text/html; charset=utf-8"), "content-language": view.language },
    status,
  );
}

function factsOf({ facts }: Page, { language }: View): Rendered {
  return rendered(JSON.stringify(facts), { ...plain("application/json"), "content-language": language });
}

/** A host on which nothing was published has one page, and the same facts as JSON. */
function unpublished(
  { path, ...request }: SiteRequest,
  tenant: KnownTenant,
  reportAddress: string,
  now: Date,
): SiteAnswer | undefined {
  const { profile } = tenant;
  const soon = { endsAt: now.getTime() + fresh * 1_000 };
  // security.txt names the other two, and there is nothing else to say of them.
  if (["/", "/policy", "/thanks"].includes(path)) {
    const headers = { ...headersOfPage(), ...plain("text/html; charset=utf-8") };
    return answerTo({ path, ...request }, rendered(homePage(profile, reportAddress), headers), soon, now);
  }
  if (path !== "/posture.json") return undefined;
  const text = JSON.stringify(homeFacts(profile, reportAddress));
  return answerTo(
    { path, ...request },
    rendered(text, { ...headersOfPage(), ...plain("application/json") }),
    soon,
    now,
  );
}

/** With a validator, and no longer than the day lasts (RFC 9111; RFC 5861 section 3). */
function answerTo(
  { method, ifNoneMatch, acceptEncoding }: SiteRequest,
  made: Rendered,
  { endsAt }: Pick<CurrentDay, "endsAt">,
  now: Date,
): SiteAnswer {
  const { etag, coding, body } = made.accepted(acceptEncoding);
  const left = Math.max(0, Math.floor((endsAt - now.getTime()) / 1_000));
  const age = Math.min(fresh, left);
  const headers = {
    ...made.headers,
    etag,
    "cache-control": `public, max-age=${String(age)}, stale-while-revalidate=${String(Math.min(stale, left - age))}`,
    ...(coding === "identity" ? {} : { "content-encoding": coding }),
  };
  if (made.status === 200 && isKnown(ifNoneMatch, etag)) return { status: 304, headers };
  return method === "HEAD" ? { status: made.status, headers } : { status: made.status, headers, body };
}

/** RFC 9110 section 13.1.2: compared weakly. */
const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch === etag || ifNoneMatch.split(",").some((given) => ["*", etag, `W/${etag}`].includes(given.trim())));
