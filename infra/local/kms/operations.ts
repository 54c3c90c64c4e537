import { aliasOperations } from "./alias-operations.ts";
import { encryptionOperations } from "./encryption-operations.ts";
import { keyOperations } from "./key-operations.ts";
import type { Operation } from "./operation.ts";
import { signingOperations } from "./signing-operations.ts";
import { tagOperations } from "./tag-operations.ts";

/** All that the stand-in can do, by the name after `TrentService.` */
export const operations = {
  ...keyOperations,
  ...aliasOperations,
  ...tagOperations,
  ...encryptionOperations,
  ...signingOperations,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
export const operationNames = Object.keys(operations) as OperationName[];
export const isOperationName = (name: string): name is OperationName => Object.hasOwn(operations, name);
