/** Puts one message into a queue: a port. `shared/aws/queue.ts` speaks SQS behind it. */
export type Enqueue = (message: unknown) => Promise<void>;
