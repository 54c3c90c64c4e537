/** What a posture's first sentences are computed from. */
export interface Standing {
  readonly claims: number;
  /** How many claims stand where, each place that occurs with its name. */
  readonly labels: readonly { readonly name: string; readonly count: number }[];
  readonly unlabelled: number;
  readonly gaps: number;
  /** Claims past their review, and the days since the youngest and the oldest of their confirmations. */
  readonly late: { readonly count: number; readonly leastDays: number; readonly mostDays: number };
  readonly undated: number;
  /** Exceptions past their review, and the days since the review of the oldest. */
  readonly overdueExceptions: { readonly count: number; readonly mostDays: number };
}

/** A piece of a sentence; what must not be missed is strong. */
export type Phrase = string | { readonly strong: string };
