import { keyAttributes, partitions, sorts } from "./keys.ts";
import { GuardFailed, type Table } from "./table.ts";

/** A token of a foreign issuer that is exchanged. */
export interface ExchangedToken {
  /** SHA-256, in hex, of what names the issuer. */
  readonly issuerDigest: string;
  /** SHA-256, in hex, of what no other token of the issuer has. */
  readonly tokenDigest: string;
  /** When it ends, in seconds since the epoch: until then it is remembered. */
  readonly exp: number;
}

/**
 * Marks a token as exchanged, in the whole deployment. `false` where it was marked before; any other error means that nobody
 * knows, and then it must not be exchanged.
 */
export async function markExchanged(
  table: Table,
  { issuerDigest, tokenDigest, exp }: ExchangedToken,
): Promise<boolean> {
  try {
    await table.write({
      put: {
        pk: partitions.exchanged(issuerDigest),
        sk: sorts.exchangedToken(tokenDigest),
        // A day more than the token lives, for clocks that differ.
        [keyAttributes.expiry]: Math.ceil(exp) + 86_400,
      },
      guard: "absent",
    });
    return true;
  } catch (error) {
    if (error instanceof GuardFailed) return false;
    throw error;
  }
}
