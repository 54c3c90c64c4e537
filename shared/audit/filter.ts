import type { Actor, LoggedEvent } from "./event.ts";

/** What events are asked for; what is left out is not asked. */
export interface AuditFilter {
  /** A member's, an operator's, a door's or a stranger's name. */
  readonly actor?: string | undefined;
  /** How the action begins: `report.` is everything about reports. */
  readonly action?: string | undefined;
  /** An identifier of what it was done to. */
  readonly target?: string | undefined;
  readonly request?: string | undefined;
}

/** Whether anything is asked at all. */
export const asks = (filter: AuditFilter): boolean => Object.values(filter).some((wanted) => wanted !== undefined);

export function passes({ actor, action, target, request }: LoggedEvent, filter: AuditFilter): boolean {
  return (
    fits(filter.actor, (wanted) => nameOf(actor) === wanted) &&
    fits(filter.action, (wanted) => action.startsWith(wanted)) &&
    fits(filter.target, (wanted) => Object.values(target).includes(wanted)) &&
    fits(filter.request, (wanted) => request === wanted)
  );
}

const fits = (wanted: string | undefined, holds: (wanted: string) => boolean): boolean =>
  wanted === undefined || holds(wanted);

function nameOf(actor: Actor): string {
  if ("member" in actor) return actor.member;
  if ("operator" in actor) return actor.operator;
  return "door" in actor ? actor.door : actor.stranger;
}
