/** A clock that stands still until it is moved: what everything on the stage calls now. */
export interface MovableClock {
  now(): Date;
  /** Moves it on by this many milliseconds. */
  forward(milliseconds: number): void;
}

export function startMovableClock(start: Date): MovableClock {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    forward(milliseconds) {
      time += milliseconds;
    },
  };
}

const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
