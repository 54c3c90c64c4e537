/** Why the host can't start, as a sentence that says what to do next. Printed without a stack. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
}
