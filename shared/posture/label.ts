/** How far a statement may be relied on, in four steps. */
import * as z from "zod";
import { head } from "./head.ts";
import { type Maturity, maturities } from "./maturity.ts";
import { line, prose } from "./text.ts";

const MaturityName = z.enum(maturities);

/** A label as it stands beside a statement; `qualifier` narrows it: "for module mounts". */
export const Label = z.strictObject({ maturity: MaturityName, qualifier: line(120).optional() });
export type Label = z.infer<typeof Label>;

/** What a tenant means by a label. `title` is what the label is called. Where a tenant defines none, `maturityMeaning` holds. */
export const LabelDefinition = z.strictObject({ ...head, maturity: MaturityName, definition: prose(600) });
export type LabelDefinition = z.infer<typeof LabelDefinition>;

/** What the labels mean where a tenant says nothing else. */
const maturityMeaning: Readonly<Record<Maturity, string>> = {
  enforced: "It is built, and it stands in the way: when it fails, the operation does not happen.",
  shipped: "It is built and in use, but it advises or can be switched off. It blocks nothing by itself.",
  beta: "It works, and may still change in what it does and how it is used.",
  partial: "Parts of it exist. What it is meant to guarantee is not there from end to end: do not rely on it.",
};

/** What a label means: as the tenant defines it, or as labels are meant here. */
export function meaningOf(definitions: readonly LabelDefinition[], maturity: Maturity): string {
  return definitions.find((definition) => definition.maturity === maturity)?.definition ?? maturityMeaning[maturity];
}
