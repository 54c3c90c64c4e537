/** What was given is not in the format it claims. Thrown when something is read; verifying answers `undefined` or `false` instead. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** What a reader answers, or `undefined` where the input is malformed: verifying says no, and not why. */
export function unlessMalformed<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
