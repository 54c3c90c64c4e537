/**
 * The one answer to everything that does not open: wrong key, wrong binding, changed, cut or foreign bytes.
 * It never tells these apart and carries no cause, so that neither a caller nor a log learns which check failed.
 */
export class CannotOpen extends Error {
  override readonly name = "CannotOpen";

  constructor() {
    super(
      "This sealed data does not open: check that the key, tenant, purpose and object are the ones it was sealed for.",
    );
  }
}
