/**
 * Answers that may be out of date by so much: asked once, and again when they are older. Questions at the same time are one. An answer
 * that failed is not kept.
 */
export function remembered<Answer>(settings: {
  /** Milliseconds. */
  readonly age: number;
  /** Answers kept at most. */
  readonly most: number;
  readonly now: () => Date;
}): (name: string, ask: () => Promise<Answer>) => Promise<Answer> {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();
  return (name, ask) => {
    const at = settings.now().getTime();
    const entry = known.get(name);
    if (entry && at - entry.at < settings.age) return entry.answer;
    if (known.size >= settings.most) known.clear();
    const answer = ask();
    known.set(name, { at, answer });
    answer.catch(() => known.delete(name));
    return answer;
  };
}
