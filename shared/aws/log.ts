import { Logger } from "@aws-lambda-powertools/logger";

/** The door's structured log. It takes names, counts and error classes; never a token, an address or text of a report. */
export const connectLog = (door: string): Logger => new Logger({ serviceName: door });

/** Lets a record's failure be seen: the batch answer only says that it failed, and it comes again. */
export function loggingFailures<Entry>(
  log: Logger,
  work: (entry: Entry) => Promise<void>,
): (entry: Entry) => Promise<void> {
  return async (entry) => {
    try {
      await work(entry);
    } catch (error) {
      log.error("A record failed. It comes again, or goes to the dead letters.", {
        error: error instanceof Error ? error : String(error),
      });
      throw error;
    }
  };
}
