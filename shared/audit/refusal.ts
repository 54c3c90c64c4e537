/** Refused attempts in a tenant's log: enough of them to see what goes on, too few to drown what else is in it. */

/** So many of one actor in an hour are events of their own. */
const toldOneByOne = 20;

/**
 * Whether the actor's so-many-th refusal of an hour, from 1, becomes an event. After the first twenty one does each time their
 * number has doubled, and says that number: a million attempts in an hour are 35 events, and the last one is out by half at most.
 */
export function isTold(count: number): boolean {
  let told = toldOneByOne;
  while (told < count) told *= 2;
  return count <= toldOneByOne || told === count;
}

/** The hour that refusals are counted in. */
export const refusalHour = (at: Date): string => at.toISOString().slice(0, 13);
