import { Stack, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** States why a rule of cdk-nag's AwsSolutions pack does not hold for a construct, such as `S1`. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

/** States why a policy has resources that end in a wildcard. The rule names each by the logical ids that it is made of. */
export function acknowledgeWildcards(policy: IConstruct, resources: readonly string[], reason: string): void {
  for (const resource of resources) {
    const name = flat(Stack.of(policy).resolve(resource));
    if (name.includes("*")) acknowledge(policy, `IAM5[Resource::${name}]`, reason);
  }
}

/** As cdk-nag writes what CloudFormation joins: `<LogicalId.Arn>/inbound/*`. */
function flat(value: unknown): string {
  if (typeof value === "string") return value.replace(/\$\{([^}]*)\}/g, "<$1>");
  const [[call, given] = ["", undefined]] = Object.entries(value as Record<string, unknown>);
  if (call === "Ref") return `<${String(given)}>`;
  if (call === "Fn::GetAtt") return `<${(given as string[]).join(".")}>`;
  if (call === "Fn::Join") {
    const [separator, parts] = given as [string, unknown[]];
    return parts.map(flat).join(separator);
  }
  throw new Error(`The resource of a policy is made by ${call}, which is not expected here.`);
}
