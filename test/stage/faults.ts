import type { DynamodbGateOptions } from "#infra/local/gate/dynamodb-gate.ts";
import type { KmsOptions } from "#infra/local/kms/server.ts";
import type { SesEndpointOptions } from "#infra/local/ses/endpoint.ts";

/** What goes wrong with the doors' calls, or only watches them. A test sets one and takes it away again with `clear`. */
export interface Faults {
  table?: NonNullable<DynamodbGateOptions["fault"]> | undefined;
  keys?: NonNullable<KmsOptions["fault"]> | undefined;
  mail?: NonNullable<SesEndpointOptions["fault"]> | undefined;
  clear(): void;
}

export function noFaults(): Faults {
  return {
    clear() {
      this.table = undefined;
      this.keys = undefined;
      this.mail = undefined;
    },
  };
}
