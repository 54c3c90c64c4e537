/** A difference as sentences, in the order of what matters to a reader: labels that moved, then what is gone, new, and changed. */
import type { Kind } from "#shared/posture/kinds.ts";
import type { Label } from "#shared/posture/label.ts";
import type { ChangedItem, FieldChange, ItemName, MovedLabel, ReleaseDifference } from "./difference.ts";

const nouns: Readonly<Record<Kind | "organisation", string>> = {
  purposes: "purpose",
  labels: "label definition",
  claims: "claim",
  risks: "risk",
  exceptions: "exception",
  scope: "scope rule",
  support: "support statement",
  commitments: "commitment",
  channels: "contact channel",
  "report-fields": "field of a report",
  "disclosure-steps": "disclosure step",
  terms: "term",
  credits: "credit",
  "threat-models": "threat model",
  surfaces: "attack surface",
  layers: "layer",
  tokens: "token table",
  checks: "check",
  hardening: "hardening checklist",
  "release-duties": "release duty",
  policies: "policy",
  documents: "document",
  tools: "tool",
  frameworks: "framework",
  organisation: "organisation",
};

export function differenceInWords({ moved, removed, added, changed }: ReleaseDifference): readonly string[] {
  const sentences = [
    ...moved.map(ofMoved),
    ...removed.map((item) => `${named(item)} is gone.`),
    ...added.map((item) => `${named(item)} is new.`),
    ...changed.map(ofChanged),
  ];
  return sentences.length > 0 ? sentences : ["Nothing is different."];
}

function ofMoved({ pointer, before, after, ...item }: MovedLabel): string {
  const [, list, part] = pointer.split("/");
  const where = list === "label" ? named(item) : `${named(item)}, ${part ?? ""}`;
  if (before === null) return `${where}: now labelled ${labelled(after)}.`;
  if (after === null) return `${where}: no longer labelled; it was ${labelled(before)}.`;
  return `${where}: from ${labelled(before)} to ${labelled(after)}.`;
}

function ofChanged({ fields, ...item }: ChangedItem): string {
  return `${named(item)}: ${fields.map(ofField).join(", ")}.`;
}

function ofField({ pointer, before, after }: FieldChange): string {
  const place = pointer.slice(1).replaceAll("/", " ").replaceAll("~1", "/").replaceAll("~0", "~");
  if (before === undefined) return `${place} added`;
  return after === undefined ? `${place} removed` : `${place} changed`;
}

const named = ({ kind, title }: ItemName): string => `The ${nouns[kind]} “${title}”`;

const labelled = (label: Label | null): string =>
  label === null ? "nothing" : label.maturity + (label.qualifier === undefined ? "" : ` (${label.qualifier})`);
