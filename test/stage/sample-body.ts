/** A small value that a schema takes, from its JSON Schema alone; `undefined` where none was found. */
import * as z from "zod";

type Json = { readonly [name: string]: unknown };

const texts = [
  ...[
    "a",
    "aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "2026-11-18T10:00:00.000Z",
    "2026-11-18",
    "P1D",
    "PT48H",
    "en",
    "k-1",
    "1.0.0",
  ],
  ...["https://example.org/a", "a@example.org", "aaaaaaaaaaaaaaaa", "0".repeat(64), "Sample text."],
];

export function sampleBody(schema: z.ZodType): unknown {
  try {
    const value = sample(z.toJSONSchema(schema, { io: "input" }) as Json, {});
    return schema.safeParse(value).success ? value : undefined;
  } catch {
    return undefined;
  }
}

function sample(schema: Json, defs: Json): unknown {
  const known = (schema["$defs"] as Json | undefined) ?? defs;
  const { $ref, anyOf, oneOf, enum: values, const: constant, type } = schema as Record<string, unknown>;
  if (typeof $ref === "string") return sample(known[$ref.replace("#/$defs/", "")] as Json, known);
  const [first] = (anyOf ?? oneOf ?? []) as Json[];
  if (first) return sample(first, known);
  if (constant !== undefined) return constant;
  if (Array.isArray(values)) return values[0];
  if (type === "object") {
    const { properties = {}, required = [] } = schema as { properties?: Record<string, Json>; required?: string[] };
    return Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? {}, known)]));
  }
  if (type === "array") {
    const { items = {}, minItems = 0 } = schema as { items?: Json; minItems?: number };
    return Array.from({ length: minItems }, () => sample(items, known));
  }
  if (type === "integer" || type === "number") return Math.max(1, Number(schema["minimum"] ?? 1));
  if (type === "boolean") return true;
  const { pattern = "", minLength = 0 } = schema as { pattern?: string; minLength?: number };
  return texts.find((text) => text.length >= minLength && new RegExp(pattern, "u").test(text)) ?? "a";
}
