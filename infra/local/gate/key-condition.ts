/**
 * Finds the partition key of a Query in its KeyConditionExpression, after "Key condition expressions for the Query operation" of
 * the DynamoDB Developer Guide. What is not understood for certain is not understood: the gate refuses it.
 */

/** DynamoDB's own limit on an expression. */
const mostCharacters = 4096;
const token = /\s*([#:]?[A-Za-z0-9_]+|<=|>=|[=<>(),])/y;
const comparators = ["=", "<", "<=", ">", ">="];

interface Condition {
  readonly attribute: string;
  readonly operator: string;
  /** Placeholder of the first operand. */
  readonly value: string;
}

export interface KeyCondition {
  readonly expression: unknown;
  readonly names: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The value that `partition` must equal, beside at most one condition on `sort`; undefined for everything else. */
export function partitionOf(
  query: KeyCondition,
  { partition, sort }: { readonly partition: string; readonly sort: string },
): string | undefined {
  if (typeof query.expression !== "string" || query.expression.length > mostCharacters) return undefined;
  const tokens = tokenize(query.expression);
  const conditions = tokens && parse(tokens, (alias) => nameOf(alias, query.names));
  if (!conditions) return undefined;
  const [wanted, ...more] = conditions.filter(({ attribute }) => attribute === partition);
  const others = conditions.filter(({ attribute }) => attribute !== partition);
  if (!wanted || more.length > 0 || wanted.operator !== "=") return undefined;
  if (others.length > 1 || others.some(({ attribute }) => attribute !== sort)) return undefined;
  return Object.hasOwn(query.values, wanted.value) ? stringOf(query.values[wanted.value]) : undefined;
}

/** The text of an attribute value `{ S }`; undefined for any other. */
export function stringOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 1 || !("S" in value))
    return undefined;
  return typeof value.S === "string" ? value.S : undefined;
}

function tokenize(text: string): string[] | undefined {
  const tokens: string[] = [];
  let end = 0;
  while (text.slice(end).trim() !== "") {
    token.lastIndex = end;
    const found = token.exec(text)?.[1];
    if (found === undefined) return undefined;
    tokens.push(found);
    end = token.lastIndex;
  }
  return tokens;
}

function nameOf(alias: string, names: Readonly<Record<string, unknown>>): string | undefined {
  if (!alias.startsWith("#")) return /^[A-Za-z][A-Za-z0-9_]*$/.test(alias) && !isWord(alias) ? alias : undefined;
  const name = Object.hasOwn(names, alias) ? names[alias] : undefined;
  return typeof name === "string" ? name : undefined;
}

const isWord = (text: string): boolean => /^(?:and|or|not|between|in)$/i.test(text);
const isValue = (text: string | undefined): text is string => text?.startsWith(":") ?? false;
const isKeyword = (text: string | undefined, word: string): boolean => text?.toUpperCase() === word;

/** `condition ("AND" condition)*`, any of it in parentheses. */
function parse(tokens: readonly string[], name: (alias: string) => string | undefined): Condition[] | undefined {
  let at = 0;
  const conditions = all();
  return conditions && at === tokens.length ? conditions : undefined;

  function all(): Condition[] | undefined {
    const found = one();
    while (found && isKeyword(tokens[at], "AND")) {
      at++;
      const next = one();
      if (!next) return undefined;
      found.push(...next);
    }
    return found;
  }

  function one(): Condition[] | undefined {
    if (tokens[at] !== "(") return simple();
    at++;
    const inner = all();
    return inner && tokens[at++] === ")" ? inner : undefined;
  }

  function simple(): Condition[] | undefined {
    const [first = "", second = "", third, fourth, fifth, sixth] = tokens.slice(at, at + 6);
    if (first === "begins_with" && second === "(") {
      if (fourth !== "," || sixth !== ")") return undefined;
      return take(6, third ?? "", "begins_with", fifth);
    }
    if (comparators.includes(second)) return take(3, first, second, third);
    if (!isKeyword(second, "BETWEEN") || !isKeyword(fourth, "AND") || !isValue(fifth)) return undefined;
    return take(5, first, "BETWEEN", third);
  }

  function take(
    tokensUsed: number,
    alias: string,
    operator: string,
    value: string | undefined,
  ): Condition[] | undefined {
    const attribute = name(alias);
    if (attribute === undefined || !isValue(value)) return undefined;
    at += tokensUsed;
    return [{ attribute, operator, value }];
  }
}
