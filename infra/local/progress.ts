/** Says on stderr what was started and how long it took, a line each. */
export interface Progress {
  step<Value>(what: string, work: Promise<Value>): Promise<Value>;
  say(sentence: string): void;
}

export function startProgress(write: (line: string) => void): Progress {
  return {
    async step(what, work) {
      const began = performance.now();
      const value = await work;
      write(`${(performance.now() - began).toFixed(0).padStart(6)} ms  ${what}\n`);
      return value;
    },
    say: (sentence) => write(`${sentence}\n`),
  };
}
