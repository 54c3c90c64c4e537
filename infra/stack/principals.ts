import { Duration, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { type DoorName, doorNames } from "#infra/doors.ts";
import { trustPolicyFor } from "#infra/policies.ts";
import { type Principal, rights, type TenantRole } from "#infra/rights.ts";
import { constructId, eachOf } from "#infra/stack/each-of.ts";

export const principals = Object.keys(rights) as Principal[];
export const tenantRoles = principals.filter((name): name is TenantRole => !(doorNames as string[]).includes(name));

/** The role of each principal, still without rights. Their names are fixed, so that key policies can name them unmade. */
export class Principals extends Construct {
  readonly roles: Readonly<Record<Principal, iam.Role>>;
  readonly #deploymentName: string;

  constructor(scope: Construct, id: string, { deploymentName }: { readonly deploymentName: string }) {
    super(scope, id);
    this.#deploymentName = deploymentName;
    const doors = eachOf(doorNames, (door) => this.#doorRole(door));
    this.roles = { ...doors, ...eachOf(tenantRoles, (role) => this.#tenantRole(role, doors)) };
  }

  /** A role's ARN made of its name: naming it makes nothing depend on the role. */
  arnOf(principal: Principal): string {
    const resourceName = this.#nameOf(principal);
    return Stack.of(this).formatArn({ service: "iam", region: "", resource: "role", resourceName });
  }

  #nameOf(principal: Principal): string {
    return `${this.#deploymentName}-${principal}`;
  }

  #doorRole(door: DoorName): iam.Role {
    return new iam.Role(this, constructId(door), {
      roleName: this.#nameOf(door),
      assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com"),
    });
  }

  #tenantRole(name: TenantRole, doors: Readonly<Record<DoorName, iam.Role>>): iam.Role {
    const role = new iam.Role(this, constructId(name), {
      roleName: this.#nameOf(name),
      assumedBy: new iam.AccountRootPrincipal(),
      maxSessionDuration: Duration.hours(1),
    });
    const arns = eachOf(doorNames, (door) => doors[door].roleArn);
    (role.node.defaultChild as iam.CfnRole).assumeRolePolicyDocument = {
      Version: "2012-10-17",
      Statement: trustPolicyFor(name, arns),
    };
    return role;
  }
}
