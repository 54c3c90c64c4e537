/** Writes the policies of every principal: what the table of rights says, and beside it what Lambda needs. Nothing else grants. */
import * as iam from "aws-cdk-lib/aws-iam";
import { type PolicyResources, type Statement, statementsFor } from "#infra/policies.ts";
import { acknowledgeWildcards } from "#infra/stack/acknowledge.ts";
import type { Door } from "#infra/stack/door.ts";
import { allowUse, type Keys } from "#infra/stack/keys.ts";
import { logStatements, type TriggerSources, triggerStatements } from "#infra/stack/necessities.ts";
import { type Principals, principals } from "#infra/stack/principals.ts";

/** Gives each principal its rights, and opens the keys' own policies as far. */
export function grantRights(owners: Principals, { keys }: Keys, resources: PolicyResources): void {
  for (const principal of principals) {
    const statements = statementsFor(principal, resources);
    attach(owners.roles[principal], "rights", statements, notKnownBefore);
    for (const key of Object.values(keys)) {
      const uses = statements.filter(({ Resource }) => Resource?.includes(key.keyArn));
      for (const use of uses) allowUse(key, owners.arnOf(principal), use);
    }
  }
}

/** Lets Lambda write a door's log and fetch what wakes it. */
export function grantNecessities({ role, log, shape }: Door, sources: TriggerSources): void {
  const wakers = shape.triggers.flatMap((trigger) => triggerStatements(trigger, sources));
  attach(role, "lambda", [...logStatements(log.logGroupArn), ...wakers], streamsOfTable);
}

const notKnownBefore =
  "Names of objects and ids of tenants' keys are not known before. A prefix, a tag or another account bounds them, which infra/rights.ts states and its tests prove.";
const streamsOfTable = "Streams of the one table: lists their names, reads nothing.";

/** Below the role, so that what depends on the role waits for its policies. */
function attach(
  role: iam.Role,
  policyName: "rights" | "lambda",
  statements: readonly Statement[],
  wildcards: string,
): void {
  const policy = new iam.Policy(role, policyName, {
    policyName,
    statements: statements.map((statement) => iam.PolicyStatement.fromJson(statement)),
  });
  policy.attachToRole(role);
  const resources = statements.flatMap(({ Resource = [] }) => Resource);
  acknowledgeWildcards(policy, resources, wildcards);
}
