/** An entry of a tool's list of advisories that it is to pass over, as an exception of the posture. */
import type { Collector } from "./imported.ts";
import { splitReason } from "./removal-condition.ts";

interface IgnoredAdvisory {
  readonly line: number;
  readonly id: string;
  /** Why, in the file's own words. */
  readonly reason?: string | undefined;
  /** The day on which the tool stops passing over it. */
  readonly until?: string | undefined;
  readonly package?: string | undefined;
  readonly version?: string | undefined;
  readonly ecosystem?: string | undefined;
}

/** `file`: where the tool's file stands in the source, if the tenant says so. */
export function placeException(
  collector: Collector,
  entry: IgnoredAdvisory,
  { tool, file }: { readonly tool: string; readonly file: string | undefined },
): void {
  const { removalCondition, rest } = splitReason(entry.reason ?? "");
  const said = Object.entries({
    ...{ package: entry.package, version: entry.version, ecosystem: entry.ecosystem, removalCondition },
  }).filter(([, value]) => value !== undefined);
  collector.place("exceptions", entry.line, {
    title: entry.id,
    advisory: entry.id,
    ...Object.fromEntries(said),
    review: entry.until === undefined ? {} : { on: entry.until },
    tracking: { tool, ...(file === undefined ? {} : { file }) },
  });
  collector.leave(
    entry.line,
    rest,
    "It is a reason, but not which: say why there is no upgrade, or why it is not reached",
  );
}
