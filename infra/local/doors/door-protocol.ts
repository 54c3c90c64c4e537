/** What a door's worker and the host say to each other. Events and answers travel as JSON, as they do on Lambda. */
import type { ResponsePrelude } from "./lambda-shapes.ts";

export interface WorkerStart {
  /** The module that exports `handler`, as a URL. */
  readonly entry: string;
  readonly door: string;
  readonly arn: string;
  readonly memoryMb: number;
}

export type ToWorker =
  | { readonly kind: "invoke"; readonly event: string; readonly requestId: string; readonly deadline: number }
  /** The last chunk was taken; send another. */
  | { readonly kind: "more" }
  /** Nobody reads the answer any more. */
  | { readonly kind: "abandon" };

export type FromWorker =
  | { readonly kind: "ready" }
  /** A buffered answer, as JSON. */
  | { readonly kind: "answer"; readonly json: string }
  /** A streamed answer begins; `chunk`s and `end` or `failed` follow. */
  | { readonly kind: "prelude"; readonly prelude: ResponsePrelude }
  | { readonly kind: "chunk"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly errorType: string; readonly message: string };
