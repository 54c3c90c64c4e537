/** The posture of a demo tenant, as a client of the API would send it. */
import type { InputOf, Kind } from "#shared/posture/kinds.ts";

export type DemoContent = { readonly [K in Kind]?: readonly InputOf<K>[] };
