import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";

/** What became of one delivery for one tenant, as the marker of its transaction says. */
interface ReceivedMarker {
  readonly sesId: string;
  readonly by: string;
  /** A report's id, `duplicate`, `quarantined` or `unrouted`. */
  readonly outcome: string;
}

interface QuarantinedItem {
  readonly sesId: string;
  readonly reason: string;
  /** Where its sealed mail is. */
  readonly object: string;
}

export interface StoredRecords {
  readonly markers: readonly ReceivedMarker[];
  readonly quarantined: readonly QuarantinedItem[];
}

const Text = z.object({ S: z.string() });
const Marker = z.object({ outcome: Text });
const Quarantined = z.object({ sesId: Text, reason: Text, object: Text });

/**
 * Reads the markers of deliveries and the quarantine straight from the table's file, beside the running system and without
 * changing it: a quarantined mail shows at no public surface.
 */
export function readStoredRecordsWithHostAccess(home: string): StoredRecords {
  const database = new DatabaseSync(join(home, "table.sqlite"), { readOnly: true });
  try {
    const rows = (prefix: string) =>
      database
        .prepare("SELECT pk, sk, item_json FROM candor WHERE pk >= ? AND pk < ?")
        .all(`S:${prefix}#`, `S:${prefix}$`);
    const item = (row: Record<string, unknown>): unknown => JSON.parse(String(row["item_json"]));
    return {
      markers: rows("RECEIVED").map((row) => ({
        sesId: textOf(row["pk"]).split("#")[1] ?? "",
        by: textOf(row["sk"]),
        outcome: Marker.parse(item(row)).outcome.S,
      })),
      quarantined: [...rows("QUARANTINE"), ...rows("UNROUTED")].map((row) => {
        const { sesId, reason, object } = Quarantined.parse(item(row));
        return { sesId: sesId.S, reason: reason.S, object: object.S };
      }),
    };
  } finally {
    database.close();
  }
}

/** dynoxide writes a key's type before it. */
const textOf = (key: unknown): string => String(key).replace(/^S:/, "");

/** Files below a folder of the home, as the local S3 keeps one for each object. */
export function objectFiles(home: string, bucket: string): { readonly path: string; readonly size: number }[] {
  const folder = join(home, "objects", "buckets", bucket, "objects");
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      // Beside a running system a file may be gone by now.
      const found = statSync(path, { throwIfNoEntry: false });
      return found ? [{ path, size: found.size }] : [];
    });
}

/** Files that hold `text` in clear: the table, every stored object, and the log of the doors. */
export function filesHolding(home: string, text: string): string[] {
  const table = ["table.sqlite", "table.sqlite-wal", "doors.log"].map((name) => join(home, name));
  const objects = ["candor-raw", "candor-sealed"].flatMap((bucket) =>
    objectFiles(home, bucket).map(({ path }) => path),
  );
  const parts = readdirSync(join(home, "objects", "_multipart"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const there = [...table, ...objects, ...parts].filter(
    (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
  );
  return there.filter((path) => readFileSync(path).includes(text));
}
