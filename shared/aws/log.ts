import { Logger } from "@aws-lambda-powertools/logger";

/** The door's structured log. It takes names, counts and error classes; never a token, an address or text of a report. */
export const connectLog = (door: string): Logger => new Logger({ serviceName: door });
export type { Logger };
