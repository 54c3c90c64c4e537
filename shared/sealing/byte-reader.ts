/** Pieces of any size, as streams and arrays deliver them. A piece is not written to again once it was delivered. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Reads exact lengths from pieces of any size, holding one piece and one block at a time. Errors of the source pass through. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array();
  #block: Buffer = Buffer.alloc(0);

  constructor(source: ByteSource) {
    this.#pieces = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** The next `length` bytes, fewer only at the end. They are valid until the next call. */
  async read(length: number): Promise<Uint8Array> {
    if (this.#piece.length >= length) return this.#take(length);
    if (this.#block.length < length) this.#block = Buffer.allocUnsafeSlow(length);
    let held = 0;
    while (held < length && !(await this.atEnd())) {
      const part = this.#take(length - held);
      this.#block.set(part, held);
      held += part.length;
    }
    return this.#block.subarray(0, held);
  }

  /** Whether nothing is left. */
  async atEnd(): Promise<boolean> {
    while (this.#piece.length === 0) {
      const next = await this.#pieces.next();
      if (next.done) return true;
      this.#piece = next.value;
    }
    return false;
  }

  /** Tells the source that no more will be read, so that it can let go of what it holds. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  #take(length: number): Uint8Array {
    const taken = this.#piece.subarray(0, length);
    this.#piece = this.#piece.subarray(length);
    return taken;
  }
}
