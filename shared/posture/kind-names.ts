/** The names of the kinds apart from their schemas: what only reads content loads no schema, and no parser of Markdown with it. */
import type { Kind } from "./kinds.ts";

const named: Readonly<Record<Kind, true>> = {
  purposes: true,
  labels: true,
  claims: true,
  risks: true,
  exceptions: true,
  scope: true,
  support: true,
  commitments: true,
  channels: true,
  "report-fields": true,
  "disclosure-steps": true,
  terms: true,
  credits: true,
  "threat-models": true,
  surfaces: true,
  layers: true,
  tokens: true,
  checks: true,
  hardening: true,
  "release-duties": true,
  policies: true,
  documents: true,
  tools: true,
  frameworks: true,
};

export const kindNames = Object.keys(named) as readonly Kind[];
