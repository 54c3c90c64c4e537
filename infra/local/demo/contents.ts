/** What the demo tenants publish: the facts of five real policies, in our own words. */
import type { DemoContent } from "./demo-content.ts";
import { policy as fluxheimPolicy } from "./fluxheim/policy.ts";
import { posture as fluxheimPosture } from "./fluxheim/posture.ts";
import { policy as hearthPolicy } from "./hearth/policy.ts";
import { posture as hearthPosture } from "./hearth/posture.ts";
import { posture as heraldPosture } from "./herald/posture.ts";
import { threatModel as piloxThreatModel } from "./pilox/threat-model.ts";
import { claims as powernodeClaims } from "./powernode/claims.ts";
import { policy as powernodePolicy } from "./powernode/policy.ts";

/** By the tenant's slug. */
export const demoContents: Readonly<Record<string, DemoContent>> = {
  hearth: { ...hearthPolicy, ...hearthPosture },
  fluxheim: { ...fluxheimPolicy, ...fluxheimPosture },
  pilox: piloxThreatModel,
  herald: heraldPosture,
  powernode: { ...powernodePolicy, claims: powernodeClaims },
};
