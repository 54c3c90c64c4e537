/** Work that doors do for stored items: woken by an item's insertion, or by the clock for what was left. */
import type { Key } from "./table.ts";

/** One piece of work that fails alone, and the items that asked for it. */
export interface Task {
  readonly name: string;
  readonly keys: readonly Key[];
  readonly run: (now: Date) => Promise<void>;
}

export interface Failed {
  readonly name: string;
  readonly keys: readonly Key[];
  readonly error: unknown;
}

/** A door of this kind. Both answer what could not be done. */
export interface ItemDoor {
  /** Works on items that were just written. */
  inserted(items: readonly Key[], request: string): Promise<readonly Failed[]>;
  /** Works on all that is due at this instant. */
  scheduled(at: Date, request: string): Promise<readonly Failed[]>;
}

/** One after the other: what fails does not keep the rest from being done. */
export async function runTasks(tasks: readonly Task[], now: Date): Promise<readonly Failed[]> {
  const failed: Failed[] = [];
  for (const { name, keys, run } of tasks) {
    try {
      await run(now);
    } catch (error) {
      failed.push({ name, keys, error });
    }
  }
  return failed;
}
