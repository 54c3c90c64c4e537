/**
 * A small evaluator of IAM statements, written from the IAM User Guide and from nothing of ours: "Policy evaluation logic", "IAM
 * JSON policy elements: Condition operators" (StringEquals, StringNotEquals, StringLike, StringNotLike, IfExists, Null), "Multivalued context keys"
 * (ForAllValues) and "Policy variables". It knows Allow alone.
 */

export interface IamStatement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Single values are text, multivalued keys lists; names without regard to case. */
  readonly context: ReadonlyMap<string, string | readonly string[]>;
}

export function isAllowed(statements: readonly IamStatement[], request: IamRequest): boolean {
  const context = new Map([...request.context].map(([name, value]) => [name.toLowerCase(), value]));
  return statements.some(({ Effect, Action, Resource, Condition = {} }) => {
    if (Effect !== "Allow") throw new Error("The evaluator knows Allow alone.");
    const action = Action.some((pattern) => like(pattern.toLowerCase(), request.action.toLowerCase()));
    const resource = Resource?.some((pattern) => matchesText(pattern, request.resource, context, true)) ?? true;
    return action && resource && Object.entries(Condition).every((block) => holds(block, context));
  });
}

type Context = ReadonlyMap<string, string | readonly string[]>;

/** All keys of an operator must hold; of a key's values one. */
function holds([operator, keys]: [string, Readonly<Record<string, string | readonly string[]>>], context: Context) {
  return Object.entries(keys).every(([name, wanted]) => {
    const values = typeof wanted === "string" ? [wanted] : wanted;
    const given = context.get(name.toLowerCase());
    const matchesOne = (value: string, wildcards: boolean) =>
      values.some((pattern) => matchesText(pattern, value, context, wildcards));
    const single = (wildcards: boolean) => typeof given === "string" && matchesOne(given, wildcards);
    const every = (wildcards: boolean) =>
      given === undefined || [given].flat().every((value) => matchesOne(value, wildcards));
    switch (operator) {
      case "StringEquals":
        return single(false);
      case "StringNotEquals":
        return given === undefined || !single(false);
      case "StringLike":
        return single(true);
      case "StringNotLike":
        return given === undefined || !single(true);
      case "StringEqualsIfExists":
        return given === undefined || single(false);
      case "ForAllValues:StringEquals":
        return every(false);
      case "ForAllValues:StringLike":
        return every(true);
      case "Null":
        return values.some((value) => value === String(given === undefined || given.length === 0));
      default:
        throw new Error(`The evaluator does not know ${operator}.`);
    }
  });
}

/** A variable that has no value makes the pattern match nothing; what it stands for has no wildcards. */
function matchesText(pattern: string, value: string, context: Context, wildcards: boolean): boolean {
  const parts: { text: string; literal: boolean }[] = [];
  for (const [at, piece] of pattern.split(/\$\{([^}]*)\}/).entries()) {
    if (at % 2 === 0) parts.push({ text: piece, literal: !wildcards });
    else {
      const found = context.get(piece.toLowerCase());
      if (typeof found !== "string") return false;
      parts.push({ text: found, literal: true });
    }
  }
  const symbols = parts.flatMap(({ text, literal }) => [...text].map((character) => ({ character, literal })));
  return matchesSymbols(symbols, [...value]);
}

const like = (pattern: string, value: string): boolean => matchesText(pattern, value, new Map(), true);

/** Row by row: after each symbol, which beginnings of the value are matched. */
function matchesSymbols(
  symbols: readonly { character: string; literal: boolean }[],
  value: readonly string[],
): boolean {
  let reached = new Set([0]);
  for (const { character, literal } of symbols) {
    const next = new Set<number>();
    for (const at of reached) {
      if (!literal && character === "*") for (let to = at; to <= value.length; to++) next.add(to);
      else if (at < value.length && ((!literal && character === "?") || value[at] === character)) next.add(at + 1);
    }
    reached = next;
  }
  return reached.has(value.length);
}
