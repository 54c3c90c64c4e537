/** The table as the store sees it: a port. `shared/aws/table.ts` speaks DynamoDB behind it. */

/** What an attribute may hold. Bytes stay bytes. */
type Attribute =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | ReadonlySet<string>
  | readonly Attribute[]
  | { readonly [name: string]: Attribute | undefined };
export type Item = { readonly [name: string]: Attribute | undefined };
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** What must be true of the stored item for a write to happen. */
export type Guard =
  /** No such item yet. */
  | "absent"
  /** The item exists. */
  | "present"
  /** These attributes have these values; `null` means that the attribute is missing. */
  | { readonly equals: Readonly<Record<string, string | number | null>> }
  /** The item exists and the number is below the limit. A missing number counts as 0, a missing item too. */
  | { readonly below: Readonly<Record<string, number>> };

export type Write =
  | { readonly put: Key & Item; readonly guard?: Guard }
  | {
      readonly update: Key;
      readonly set?: Item;
      /** Numbers to add; a missing one counts as 0. */
      readonly add?: Readonly<Record<string, number>>;
      /** Strings to add to string sets. */
      readonly include?: Readonly<Record<string, readonly string[]>>;
      /** Values set only where the attribute is missing. */
      readonly setIfMissing?: Item;
      readonly remove?: readonly string[];
      readonly guard?: Guard;
    }
  | { readonly delete: Key; readonly guard?: Guard }
  /** Writes nothing: what else the transaction writes is written only where this item is so. */
  | { readonly check: Key; readonly guard: Guard };

export interface Page {
  readonly items: readonly Item[];
  /** Where the next page starts; absent on the last. */
  readonly next?: Item;
}

export interface Table {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  /** Up to 100 items, strongly consistent, in no order; what does not exist is left out. */
  getMany(keys: readonly Key[]): Promise<readonly Item[]>;
  /** Items of one partition whose sort key begins with `prefix`, or lies `within` (both ends in it), in its order. */
  list(question: {
    readonly partition: string;
    readonly prefix?: string;
    readonly within?: { readonly from: string; readonly to: string };
    readonly newestFirst?: boolean;
    readonly limit?: number;
    readonly after?: Item;
  }): Promise<Page>;
  /** Entries of an index partition in order of its sort key, up to and including `upTo`. */
  listIndex(question: {
    readonly index: "inbox" | "due";
    readonly partition: string;
    readonly upTo?: string;
    readonly newestFirst?: boolean;
    readonly limit?: number;
    readonly after?: Item;
  }): Promise<Page>;
  /** One write. Throws `GuardFailed`. */
  write(write: Write): Promise<void>;
  /** All writes or none, at most 100. Throws `GuardFailed` with the positions whose guard did not hold. */
  transact(writes: readonly Write[]): Promise<void>;
}

/** The stored item was not as the guard of a write demands. Nothing was written. */
export class GuardFailed extends Error {
  override readonly name = "GuardFailed";
  /** Positions in the list of writes. */
  readonly positions: readonly number[];
  constructor(positions: readonly number[]) {
    super("An item was not in the state that this write needs; read it again and decide anew.");
    this.positions = positions;
  }
}
