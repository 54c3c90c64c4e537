import { DatabaseSync } from "node:sqlite";

/** How far each reader of the table's stream has come. */
export interface Checkpoints {
  /** The last sequence number that a reader is done with, in one shard. */
  get(reader: string, shard: string): string | undefined;
  /** Survives the end of the process. One that a power cut takes back only means that records come twice. */
  set(reader: string, shard: string, sequenceNumber: string): void;
  close(): void;
}

export function openCheckpoints(file: string): Checkpoints {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS checkpoint (
      reader TEXT NOT NULL, shard TEXT NOT NULL, sequence_number TEXT NOT NULL, PRIMARY KEY (reader, shard)
    ) STRICT, WITHOUT ROWID`);
  const read = database.prepare("SELECT sequence_number FROM checkpoint WHERE reader = ? AND shard = ?");
  const write = database.prepare("INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)");
  return {
    get(reader, shard) {
      const number = read.get(reader, shard)?.["sequence_number"];
      return typeof number === "string" ? number : undefined;
    },
    set: (reader, shard, sequenceNumber) => void write.run(reader, shard, sequenceNumber),
    close: () => database.close(),
  };
}
