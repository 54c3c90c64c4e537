/** One part of an export: a tar archive (POSIX.1-2001 pax), encrypted to an age recipient (C2SP age). Made as it is read. */
import { Encrypter } from "age-encryption";
import { pack } from "tar-stream";

export interface ArchiveFile {
  /** Path in the archive, of our own making. */
  readonly name: string;
  readonly body: Uint8Array | string;
}

/** The bytes of a part. One file at a time is held. `now` stands as the time of each. */
export async function* sealedArchive(
  files: AsyncIterable<ArchiveFile>,
  recipient: string,
  now: Date,
): AsyncGenerator<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  yield* await encrypter.encrypt(ReadableStream.from(archive(files, now)) as ReadableStream<Uint8Array>);
}

async function* archive(files: AsyncIterable<ArchiveFile>, mtime: Date): AsyncGenerator<Uint8Array> {
  const tar = pack();
  const filled = fill();
  // Heard of below, and not as one that nobody waits for.
  filled.catch((error: unknown) => tar.destroy(error as Error));
  yield* tar as AsyncIterable<Uint8Array>;
  await filled;

  async function fill(): Promise<void> {
    for await (const { name, body } of files) {
      await new Promise<void>((resolve, reject) =>
        tar.entry({ name, mtime }, Buffer.from(body), (error) => (error ? reject(error) : resolve())),
      );
    }
    tar.finalize();
  }
}
