/**
 * The one table as pure data: its keys, indexes, stream and time to live. CDK and the one-machine host both create it from
 * this. What each key means stands in `shared/store/keys.ts`.
 */
import { indexes, keyAttributes } from "#shared/store/keys.ts";

interface IndexShape {
  readonly name: keyof typeof indexes;
  readonly partition: string;
  readonly sort: string;
  readonly projection: "ALL" | "KEYS_ONLY";
}

export interface TableShape {
  readonly partition: string;
  readonly sort: string;
  readonly indexes: readonly IndexShape[];
  /** What a stream record carries. */
  readonly stream: "KEYS_ONLY";
  /** The attribute of DynamoDB's time to live, in seconds since the epoch. */
  readonly expiry: string;
}

/** Every key attribute is a string. */
export const tableShape: TableShape = {
  partition: keyAttributes.partition,
  sort: keyAttributes.sort,
  indexes: [
    {
      name: indexes.inbox,
      partition: keyAttributes.inboxPartition,
      sort: keyAttributes.inboxSort,
      projection: "ALL",
    },
    {
      name: indexes.due,
      partition: keyAttributes.duePartition,
      sort: keyAttributes.dueSort,
      projection: "KEYS_ONLY",
    },
  ],
  stream: "KEYS_ONLY",
  expiry: keyAttributes.expiry,
};
