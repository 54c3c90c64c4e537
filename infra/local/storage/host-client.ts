/** The one region and account that the stand-ins pretend to be in. */
export const region = "us-east-1";
export const account = "000000000000";

/**
 * Options of the host's own SDK clients: they go to the stand-ins directly and not through the gate, which guards the doors.
 * Every call has a time limit, so that one that hangs is one that fails.
 */
export function hostClient(endpoint: string) {
  return {
    region,
    endpoint,
    credentials: { accessKeyId: "AKIAHOST000000000000", secretAccessKey: "the-stand-ins-check-no-signature" },
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
    maxAttempts: 3,
  };
}
