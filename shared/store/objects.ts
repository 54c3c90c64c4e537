/** Stored objects as the store sees them: a port. `shared/aws/objects.ts` speaks S3 behind it. */
export interface Objects {
  /** The whole object in one buffer of exactly its size; `undefined` when there is none that this door may read. */
  read(bucket: string, key: string): Promise<Uint8Array | undefined>;
  /** Bytes `from` up to but not including `to`, as they come in. Throws when there is no such object. */
  readRange(bucket: string, key: string, from: number, to: number): Promise<AsyncIterable<Uint8Array>>;
  /** Stores what the chunks hold; all or nothing. A key is written once: callers put randomness into it. */
  write(bucket: string, key: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  /** Names and times of the objects under a prefix, in order of name. */
  list(bucket: string, prefix: string): AsyncIterable<{ readonly key: string; readonly storedAt: Date }>;
}
