/** The synthesised template of one deployment, with what CloudFormation would resolve written as plain text. */
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import * as z from "zod";
import { CandorStack } from "#infra/stack/candor-stack.ts";
import { readDeployment } from "#infra/stack/deployment.ts";

export const account = "210987654321";
export const region = "eu-central-1";
export const domain = "trust.example";

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  DependsOn: z.array(z.string()).default([]),
});
export type Resource = z.infer<typeof Resource> & { readonly id: string; readonly path: string };

/** Synthesises the stack with an empty folder for each door's code. */
export function synthesise(context: Record<string, unknown> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "candor-stack-"));
  const code = join(folder, "code");
  mkdirSync(code);
  const app = new App({
    outdir: join(folder, "out"),
    context: { "aws:cdk:enable-path-metadata": true, domain, ...context },
  });
  const stack = new CandorStack(app, {
    deployment: readDeployment((name) => app.node.tryGetContext(name), {
      CDK_DEFAULT_ACCOUNT: account,
      CDK_DEFAULT_REGION: region,
    }),
    artefactOf: (door) => ({ folder: code, digest: Buffer.from(door).toString("hex") }),
  });
  return { app, stack, folder, resources: readResources(Template.fromStack(stack).toJSON()) };
}

function readResources(template: unknown): readonly Resource[] {
  const { Resources } = z.object({ Resources: z.record(z.string(), Resource) }).parse(template);
  return Object.entries(Resources).map(([id, resource]) => {
    const properties = plain(resource.Properties) as Record<string, unknown>;
    const path = String(resource.Metadata["aws:cdk:path"]).replace(/^[^/]+\//, "");
    return { ...resource, id, path: path.replace(/\/Resource$/, ""), Properties: properties };
  });
}

/** `<LogicalId>` for a reference, `<LogicalId.Arn>` for an attribute, the text of what is joined. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value);
  const [call, given] = fields.length === 1 ? (fields[0] ?? []) : [];
  if (call === "Ref") return given === "AWS::Partition" ? "aws" : `<${String(given)}>`;
  if (call === "Fn::GetAtt") return `<${(given as string[]).join(".")}>`;
  if (call === "Fn::Join") {
    const [separator, parts] = given as [string, unknown[]];
    return parts.map(plain).join(separator);
  }
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]));
}

/** The one resource that was made at a place of the construct tree. */
export function at(resources: readonly Resource[], path: string): Resource {
  const found = resources.find((resource) => resource.path === path);
  if (!found) throw new Error(`Nothing in the template was made at ${path}.`);
  return found;
}

export const ofType = (resources: readonly Resource[], type: string): readonly Resource[] =>
  resources.filter(({ Type }) => Type === `AWS::${type}`);
