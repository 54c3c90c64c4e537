/** Every fact of the five policies that a tenant represents and publishes, by the tenant's slug. */
import type { Fact } from "./fact.ts";
import { fluxheimFacts } from "./fluxheim.ts";
import { hearthFacts } from "./hearth.ts";
import { heraldFacts } from "./herald.ts";
import { piloxFacts } from "./pilox.ts";
import { powernodeFacts } from "./powernode.ts";

export const policyFacts: Readonly<Record<string, readonly Fact[]>> = {
  hearth: hearthFacts,
  fluxheim: fluxheimFacts,
  pilox: piloxFacts,
  herald: heraldFacts,
  powernode: powernodeFacts,
};
