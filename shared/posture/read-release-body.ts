/** Reads what a release froze. Apart from the making of it, which loads every schema. */
import { kindNames } from "./kind-names.ts";
import type { ReleaseBody } from "./release-body.ts";

/** The body in stored bytes. They are known to be a release by their digest: nothing but the format is looked at again. */
export function readReleaseBody(bytes: Uint8Array): ReleaseBody {
  const body = JSON.parse(new TextDecoder().decode(bytes)) as ReleaseBody;
  if (body.format !== "candor-release/1") throw new Error("This release is in a format that is not known here.");
  // A kind that came later is not in an older body.
  return { ...body, content: { ...noKinds, ...body.content } };
}
const noKinds = Object.fromEntries(kindNames.map((kind) => [kind, {}]));
