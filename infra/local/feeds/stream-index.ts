import { DatabaseSync } from "node:sqlite";

/**
 * Gives dynoxide's stream an index that it lacks: it looks for the newest sequence number at each record that it writes, and
 * without one reads all records there are. `file` is its database, which has a table by now.
 */
export function indexStream(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    database.exec(
      "CREATE INDEX IF NOT EXISTS candor_stream_position ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    );
  } finally {
    database.close();
  }
}
