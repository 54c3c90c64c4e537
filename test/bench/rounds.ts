/** One thing that is measured again and again beside others. */
export interface Contestant<Result> {
  readonly name: string;
  measure(): Promise<Result>;
}

/**
 * Measures each contestant once a round, beginning with another one each round, so that what the machine does meanwhile falls
 * on all of them. Ends early, after a whole round, when `milliseconds` are over. Results of one round stand side by side.
 */
export async function inTurns<Result>(
  contestants: readonly Contestant<Result>[],
  limit: { readonly rounds: number; readonly milliseconds: number },
  say: (line: string) => void,
): Promise<ReadonlyMap<string, readonly Result[]>> {
  const results = new Map<string, Result[]>(contestants.map(({ name }) => [name, []]));
  const began = performance.now();
  for (let round = 0; round < limit.rounds && performance.now() - began < limit.milliseconds; round++) {
    const first = round % contestants.length;
    for (const { name, measure } of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      results.get(name)?.push(await measure());
    }
    say(`round ${String(round + 1)} of at most ${String(limit.rounds)}`);
  }
  return results;
}

/** Runs `work` for 0 to n - 1, `parallel` at a time; answers the milliseconds it took in all. */
export async function inParallel(n: number, parallel: number, work: (i: number) => unknown): Promise<number> {
  const began = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (next < n) await work(next++);
    }),
  );
  return performance.now() - began;
}
