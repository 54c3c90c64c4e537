import { Readable } from "node:stream";

/** The body of an answer that a door streams. It asks for a chunk only when its reader has room for it. */
export class AnswerBody extends Readable {
  readonly #door: { more(): void; abandon(): void };
  /** A chunk was taken and the door was not yet told to send the next. */
  #owes = false;
  #finished = false;

  constructor(door: { more(): void; abandon(): void }) {
    super({ highWaterMark: 256 * 1024 });
    this.#door = door;
    // Who reads it hears of an error; where nobody does any more it must not end the host.
    this.on("error", () => undefined);
  }

  receive(bytes: Uint8Array): void {
    if (this.destroyed) return;
    this.#owes = true;
    this.push(bytes);
  }

  finish(): void {
    this.#finished = true;
    this.push(null);
  }

  override _read(): void {
    if (!this.#owes) return;
    this.#owes = false;
    this.#door.more();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#finished) this.#door.abandon();
    done(error);
  }
}
