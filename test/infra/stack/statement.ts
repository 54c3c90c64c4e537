import * as z from "zod";
import type { Resource } from "./template.ts";

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
export const Statement = z.strictObject({
  Sid: z.string().exactOptional(),
  Effect: z.string(),
  Principal: z.union([z.string(), z.record(z.string(), texts)]).exactOptional(),
  Action: texts,
  Resource: texts.exactOptional(),
  Condition: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))).exactOptional(),
});
export type Statement = z.infer<typeof Statement>;

const Document = z.looseObject({ Statement: z.array(Statement) });

/** The statements of a policy document among a resource's properties, each with lists where IAM takes one for a list of one. */
export function statementsIn(resource: Resource, property = "PolicyDocument"): readonly Statement[] {
  return Document.parse(resource.Properties[property]).Statement;
}
