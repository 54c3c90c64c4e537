/** The five demo tenants: names, addresses and promises from five real policies, in our own words. */
import type * as z from "zod";
import { TenantProfile } from "#shared/tenant/tenant.ts";

const demo = (profile: Omit<z.input<typeof TenantProfile>, "version">): TenantProfile =>
  TenantProfile.parse({ ...profile, version: 1 });

export const demoTenants: readonly TenantProfile[] = [
  demo({
    slug: "hearth",
    name: "Hearth",
    about: "Hearth manages fleets of desktop machines: enrolment, builds, hardening and disk encryption.",
    contacts: ["security@hearth.example"],
    timeZone: "Europe/Berlin",
    acknowledgeWithin: { businessDays: 5 },
    nextSteps: [
      "In the first 30 days the report is reproduced and its severity set.",
      "A fix or a mitigation is published within 90 days of your first message. If more time is needed, you are asked.",
      "You are credited in the release notes unless you would rather not be.",
    ],
  }),
  demo({
    slug: "fluxheim",
    name: "Fluxheim",
    about: "Fluxheim is a proxy for the edge: TLS, caching and routing.",
    contacts: ["security@fluxheim.example"],
    timeZone: "Europe/Stockholm",
    nextSteps: [
      "Details that would help an attacker are published only after a fix is out. Please keep them private until then.",
    ],
  }),
  demo({
    slug: "pilox",
    name: "Pilox",
    about: "Pilox runs agents in containers and small virtual machines, and lets deployments federate.",
    contacts: ["security@pilox.example"],
    timeZone: "Europe/Paris",
    nextSteps: [
      "The maintainers compare your report with the threat model that they publish and answer in this conversation.",
    ],
  }),
  demo({
    slug: "herald",
    name: "Herald",
    about: "Herald lets a remote client run tools, read files and use git on your machine, behind OAuth.",
    contacts: ["security@herald.example"],
    timeZone: "Europe/London",
    nextSteps: ["The maintainers answer in this conversation."],
  }),
  demo({
    slug: "powernode",
    name: "Powernode",
    about: "Powernode automates infrastructure with modules that are verified before they are mounted.",
    contacts: ["security@powernode.example"],
    timeZone: "America/Chicago",
    acknowledgeWithin: "PT48H",
    nextSteps: [
      "Within 5 business days you are proposed a timeline for disclosure.",
      "While the matter is open you hear about once a week how it stands, and at once when a fix ships.",
      "The usual window is 90 days from your first message; it can be talked about.",
      "If 48 hours pass without a word, send it again: it joins the same report.",
    ],
  }),
];
