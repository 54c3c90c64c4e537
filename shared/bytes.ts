import * as z from "zod";

/** Bytes in a stored item. */
export const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, "expected bytes");
