/** Comments in parentheses (RFC 5322 §3.2.2), nested ones too. */
export function removeComments(value: string): string {
  if (!value.includes("(")) return value;
  let depth = 0;
  let text = "";
  for (const char of value) {
    if (char === "(") depth++;
    else if (char === ")" && depth > 0) depth--;
    else if (depth === 0) text += char;
  }
  return text;
}
