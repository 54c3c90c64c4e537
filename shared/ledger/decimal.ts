import { Malformed } from "#shared/signing/malformed.ts";
import { isCount } from "./merkle.ts";

/** A size or an index in ASCII decimal without leading zeroes, as checkpoints and proofs write them. @throws Malformed */
export function readDecimal(text: string): number {
  const value = Number(text);
  if (!/^(0|[1-9]\d*)$/.test(text) || !isCount(value)) {
    throw new Malformed("A size or an index is decimal, without leading zeroes, and at most 2^53 - 1.");
  }
  return value;
}
