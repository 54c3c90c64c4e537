import type { en } from "./en.ts";

type Widened<Value> = Value extends string
  ? string
  : Value extends (...given: infer Given) => infer Result
    ? (...given: Given) => Widened<Result>
    : { readonly [Name in keyof Value]: Widened<Value[Name]> };

/** What every language of the frame has words for. */
export type Words = Widened<typeof en>;
