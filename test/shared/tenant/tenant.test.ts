import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { closedProfile, settingsOf, TenantId, TenantProfile, TenantSettings } from "#shared/tenant/tenant.ts";

const settings = {
  name: "Kestrel Works",
  about: "Kestrel Works makes flight recorders.",
  contacts: ["security@kestrel.example"],
  timeZone: "Europe/Berlin",
  nextSteps: [],
};

/** The pointer of each fault of these settings. */
function faultsOf(change: Partial<z.input<typeof TenantSettings>> & Record<string, unknown>): string[] {
  const parsed = TenantSettings.safeParse({ ...settings, ...change });
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join("/"));
}

describe("a slug", () => {
  it("is one label of a host, and stays what it is in a host, a mail address and a key", () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/);
    fc.assert(
      fc.property(label, (text) => {
        const parsed = TenantId.safeParse(text);
        if (!parsed.success) return expect(isReserved(text)).toBe(true);
        expect(new URL(`https://${text}.example/`).hostname).toBe(`${text}.example`);
        expect(encodeURIComponent(text)).toBe(text);
      }),
    );
  });

  it("is nothing else, whatever is tried", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(text));
        expect(TenantId.safeParse(text).success).toBe(false);
      }),
    );
  });

  it.each(["api", "console", "login", "mail", "www", "status", "admin", "platform"])("is never %s", (slug) =>
    expect(TenantId.safeParse(slug).success).toBe(false),
  );

  it.each(["-a", "a-", "A", "a.b", "a b", "", "a".repeat(33), "ä", "a\n"])("is not %j", (slug) =>
    expect(TenantId.safeParse(slug).success).toBe(false),
  );
});

describe("settings", () => {
  it("are complete with English, no region and no origin where nothing else is said", () => {
    expect(TenantSettings.parse(settings)).toEqual({
      ...settings,
      languages: ["en"],
      translations: {},
      calendar: { regions: [], closingDays: [] },
      corsOrigins: [],
    });
  });

  it.each(["Europe/Berlin", "America/Argentina/Ushuaia", "UTC", "Asia/Kolkata"])("take the time zone %s", (timeZone) =>
    expect(faultsOf({ timeZone })).toEqual([]),
  );

  it.each(["europe/berlin", "+01:00", "Berlin", "", "Europe/Berlin ", "Mars/Base"])("refuse the zone %j", (timeZone) =>
    expect(faultsOf({ timeZone })).toEqual(["timeZone"]),
  );

  it("take languages in canonical form, each once", () => {
    expect(faultsOf({ languages: ["de", "pt-BR", "zh-Hant-TW"] })).toEqual([]);
    for (const language of ["EN", "en_US", "", "pt-br", "*"])
      expect([language, faultsOf({ languages: [language] })]).toEqual([language, ["languages/0"]]);
    expect(faultsOf({ languages: [] })).toEqual(["languages"]);
    expect(faultsOf({ languages: ["de", "de"] })).toEqual(["languages"]);
  });

  it("take translations into the languages after the first, and into no other", () => {
    const translations = { de: { name: "Turmfalke" } };
    expect(faultsOf({ languages: ["en", "de"], translations })).toEqual([]);
    expect(faultsOf({ languages: ["de", "en"], translations })).toEqual(["translations/de"]);
    expect(faultsOf({ translations })).toEqual(["translations/de"]);
  });

  it("take regions of ISO 3166 and days that exist", () => {
    const calendar = { regions: ["DE-BY", "US", "GB-ENG"], closingDays: ["2026-12-24", "--12-31", "--02-29"] };
    expect(faultsOf({ calendar })).toEqual([]);
    for (const region of ["de", "DEU", "DE-BAYERN", "D"])
      expect(faultsOf({ calendar: { regions: [region], closingDays: [] } })).toEqual(["calendar/regions/0"]);
    for (const day of ["2026-02-29", "--02-30", "12-24", "--1224", "2026-12-24T00:00:00Z"])
      expect([day, faultsOf({ calendar: { regions: [], closingDays: [day] } })]).toEqual([
        day,
        ["calendar/closingDays/0"],
      ]);
  });

  it("take origins alone, over TLS but on this machine", () => {
    expect(
      faultsOf({ corsOrigins: ["https://app.example", "https://a.example:8443", "http://localhost:3000"] }),
    ).toEqual([]);
    for (const origin of [
      "*",
      "null",
      "http://app.example",
      "https://app.example/",
      "https://APP.example",
      "app.example",
    ])
      expect([origin, faultsOf({ corsOrigins: [origin] })]).toEqual([origin, ["corsOrigins/0"]]);
  });

  it("name at least one contact, and none twice, however it is written", () => {
    expect(faultsOf({ contacts: [] })).toEqual(["contacts"]);
    expect(faultsOf({ contacts: ["a@b.example", "A@B.example"] })).toEqual(["contacts"]);
  });

  it("know no other field", () => expect(faultsOf({ slug: "x" })).toEqual([""]));
});

describe("a tenant's record", () => {
  const profile = TenantProfile.parse({ slug: "kestrel", ...settings, acknowledgeWithin: "PT48H", version: 7 });

  it("is active from the beginning, and holds the settings", () => {
    expect(profile.standing).toEqual({ state: "active" });
    expect(settingsOf(profile)).toEqual(TenantSettings.parse({ ...settings, acknowledgeWithin: "PT48H" }));
  });

  it("is its slug and nothing else once the tenant is deleted", () => {
    const closed = closedProfile(profile, new Date("2027-01-01T00:00:00Z"));
    expect(closed).toMatchObject({ slug: "kestrel", version: 8, standing: { state: "closed" } });
    expect(JSON.stringify(closed)).not.toMatch(/Kestrel|flight|security|Berlin|PT48H/);
  });
});

function isReserved(slug: string): boolean {
  return ["api", "console", "login", "mail", "www", "status", "admin", "platform"].includes(slug);
}
