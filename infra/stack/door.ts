import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type DoorName, type Door as DoorShape, doors } from "#infra/doors.ts";

/** A folder with `index.mjs`, and the name of its code. */
export interface DoorArtefact {
  readonly folder: string;
  readonly digest: string;
}

export interface DoorProps {
  readonly door: DoorName;
  readonly role: iam.Role;
  readonly artefact: DoorArtefact;
  readonly environment: Readonly<Record<string, string>>;
}

/** One door: its Lambda, and the log that it writes to. */
export class Door extends Construct {
  readonly shape: DoorShape;
  readonly role: iam.Role;
  readonly handler: lambda.Function;
  readonly log: logs.LogGroup;

  constructor(scope: Construct, id: string, { door, role, artefact, environment }: DoorProps) {
    super(scope, id);
    this.shape = doors[door];
    this.role = role;
    this.log = new logs.LogGroup(this, "Log", {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.handler = new lambda.Function(this, "Function", {
      description: this.shape.about,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(artefact.folder, { assetHash: artefact.digest }),
      handler: "index.handler",
      memorySize: this.shape.memoryMb,
      timeout: Duration.seconds(this.shape.timeoutSeconds),
      environment: { ...environment },
      role,
      logGroup: this.log,
    });
  }
}
