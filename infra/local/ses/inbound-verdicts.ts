import type { HeaderField, HeaderSection } from "./header-section.ts";

const verdictStatuses = ["PASS", "FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED"] as const;
export type VerdictStatus = (typeof verdictStatuses)[number];

const dmarcPolicies = ["none", "quarantine", "reject"] as const;
export type DmarcPolicy = (typeof dmarcPolicies)[number];

/** What SES would have found out about a message. */
export interface Verdicts {
  readonly spf: VerdictStatus;
  readonly dkim: VerdictStatus;
  readonly dmarc: VerdictStatus;
  readonly spam: VerdictStatus;
  readonly virus: VerdictStatus;
  readonly dmarcPolicy: DmarcPolicy;
}

const localHeaders = ["spf", "dkim", "dmarc", "spam", "virus", "dmarc-policy"].map((name) => `x-local-${name}`);

/** Whether a field is one of the headers that set verdicts; such a field is no part of the stored message. */
export function isVerdictField({ name }: HeaderField): boolean {
  return localHeaders.includes(name.toLowerCase());
}

/** Reads the verdicts from `X-Local-*`; PASS without. Throws for a value that is none, rather than to let it pass. */
export function readVerdicts({ fields }: HeaderSection): Verdicts {
  const given = new Map(fields.filter(isVerdictField).map((f) => [f.name.toLowerCase(), f.value.trim()]));
  const status = (name: string): VerdictStatus => pick(given, name, verdictStatuses, "PASS");
  return {
    spf: status("x-local-spf"),
    dkim: status("x-local-dkim"),
    dmarc: status("x-local-dmarc"),
    spam: status("x-local-spam"),
    virus: status("x-local-virus"),
    dmarcPolicy: pick(given, "x-local-dmarc-policy", dmarcPolicies, "none"),
  };
}

/** A verdict header with a value that SES doesn't know. */
export class UnknownVerdict extends Error {
  override readonly name = "UnknownVerdict";
}

function pick<T extends string>(given: ReadonlyMap<string, string>, name: string, values: readonly T[], usual: T): T {
  const value = given.get(name);
  if (value === undefined) return usual;
  const found = values.find((known) => known.toLowerCase() === value.toLowerCase());
  if (found === undefined) throw new UnknownVerdict(`${name} takes one of ${values.join(", ")}`);
  return found;
}
