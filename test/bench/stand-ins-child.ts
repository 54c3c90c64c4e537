import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface StandInFacts {
  readonly environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Endpoints behind the gates, for the parts that the host plays. */
  readonly fauxqs: string;
  readonly dynamodb: string;
  readonly streamArn: string;
}

/** The stand-ins and their gates in a process of their own, over a new home. */
export interface StandInsChild extends StandInFacts {
  readonly pid: number;
  environmentOf(door: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startStandInsChild(): Promise<StandInsChild> {
  const home = mkdtempSync(join(tmpdir(), "candor-bench-"));
  const child = fork(join(import.meta.dirname, "stand-ins-process.ts"), [home]);
  const [facts] = (await once(child, "message")) as [StandInFacts];
  const { pid } = child;
  if (pid === undefined) throw new Error("The stand-ins do not start.");
  return {
    ...facts,
    pid,
    environmentOf(door) {
      const environment = facts.environments[door];
      if (!environment) throw new Error(`There is no door ${door}.`);
      return environment;
    },
    async stop() {
      child.disconnect();
      await once(child, "exit");
      rmSync(home, { recursive: true, force: true });
    },
  };
}
