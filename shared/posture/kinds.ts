/** The kinds of content a posture has: the one table that the store, the API, drafts and releases go by. */
import type * as z from "zod";
import { Commitment } from "#shared/sla/commitment.ts";
import { Channel } from "./channel.ts";
import { Check } from "./check.ts";
import { Claim } from "./claim.ts";
import { Credit } from "./credit.ts";
import { DisclosureStep } from "./disclosure-step.ts";
import { PolicyDocument } from "./document.ts";
import { Exception } from "./exception.ts";
import { Framework } from "./framework.ts";
import { HardeningChecklist } from "./hardening.ts";
import { LabelDefinition } from "./label.ts";
import { Layer } from "./layer.ts";
import { PolicyNode } from "./policy-node.ts";
import { Purpose } from "./purpose.ts";
import { ReleaseDuty } from "./release-duty.ts";
import { ReportField } from "./report-field.ts";
import { Risk } from "./risk.ts";
import { ScopeRule } from "./scope-rule.ts";
import { SupportStatement } from "./support-statement.ts";
import { Surface } from "./surface.ts";
import { Term } from "./term.ts";
import { ThreatModel } from "./threat-model.ts";
import { TokenTable } from "./token-table.ts";
import { Tool } from "./tool.ts";

/** By the name of the collection: in the API, in drafts and in releases. */
export const kinds = {
  purposes: Purpose,
  labels: LabelDefinition,
  claims: Claim,
  risks: Risk,
  exceptions: Exception,
  scope: ScopeRule,
  support: SupportStatement,
  commitments: Commitment,
  channels: Channel,
  "report-fields": ReportField,
  "disclosure-steps": DisclosureStep,
  terms: Term,
  credits: Credit,
  "threat-models": ThreatModel,
  surfaces: Surface,
  layers: Layer,
  tokens: TokenTable,
  checks: Check,
  hardening: HardeningChecklist,
  "release-duties": ReleaseDuty,
  policies: PolicyNode,
  documents: PolicyDocument,
  tools: Tool,
  frameworks: Framework,
} as const;

export type Kind = keyof typeof kinds;
/** An item of a kind, as it is written and published. */
export type ItemOf<K extends Kind> = z.infer<(typeof kinds)[K]>;
/** What a client sends for one: what has a default may be left out. */
export type InputOf<K extends Kind> = z.input<(typeof kinds)[K]>;
