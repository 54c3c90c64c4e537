/** A run that is killed: at its n-th call to the world, before the call is carried out or after, and at every call that follows. */
export interface Death {
  /** Counts from 1. */
  readonly at: number;
  readonly when: "before" | "after";
}

export class Died extends Error {
  override readonly name = "Died";
}

/** Wraps ports so that they share one life. `died` tells whether the run got so far. */
export function mortal<Ports extends object>(ports: Ports, death: Death): { ports: Ports; died: () => boolean } {
  let calls = 0;
  let dead = false;
  const call = async (act: () => unknown): Promise<unknown> => {
    const mine = ++calls;
    if (dead) throw new Died();
    if (mine === death.at && death.when === "before") dead = true;
    else {
      const answer = await act();
      if (mine !== death.at) return answer;
      dead = true;
    }
    throw new Died();
  };
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...given: unknown[]) => call(() => Reflect.apply(method, target, given));
      },
    });
  const wrapped = Object.entries(ports).map(([name, port]) => [name, isObject(port) ? wrap(port) : port]);
  return { ports: Object.fromEntries(wrapped) as Ports, died: () => dead };
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
