/** How a bench says what it found. */

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Holds the median of all rounds there could be with 95 % confidence, whatever the values' distribution. */
  readonly interval: readonly [number, number];
}

export interface Outcome {
  readonly bench: string;
  /** What is measured, with the goal in words. */
  readonly goal: string;
  readonly measured: Spread;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Of what is measured: a factor, MiB. */
  readonly unit: string;
  readonly cpu: string;
  /** Absolutes, as context: they are this machine's. */
  readonly context: string;
}

export type Verdict = "PASS" | "FAIL" | "UNRESOLVED" | "no goal";

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) throw new Error("Nothing was measured.");
  const upper = sorted[Math.floor(sorted.length / 2)] ?? most;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? least;
  const cut = outsiders(sorted.length);
  const interval = [sorted[cut] ?? least, sorted[sorted.length - 1 - cut] ?? most] as const;
  return { median: (lower + upper) / 2, least, most, interval };
}

/** How many values at each end lie outside the 95 % interval of the median: the sign test's, from the binomial law. */
function outsiders(n: number): number {
  let [outside, chance, below] = [0, 0.5 ** n, 0];
  while (below + chance <= 0.025) {
    below += chance;
    outside++;
    chance *= (n - outside + 1) / outside;
  }
  return outside;
}

export const medianOf = (values: readonly number[]): number => spreadOf(values).median;

/** UNRESOLVED where the interval of the median crosses the goal. What has no goal can't pass. */
export function verdictOf({ measured, atLeast = -Infinity, atMost = Infinity }: Outcome): Verdict {
  if (atLeast === -Infinity && atMost === Infinity) return "no goal";
  const [from, to] = measured.interval;
  if (from >= atLeast && to <= atMost) return "PASS";
  return to < atLeast || from > atMost ? "FAIL" : "UNRESOLVED";
}

/** A table for people, columns as wide as what is in them. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map(length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const length = (text: string): number => text.length;
