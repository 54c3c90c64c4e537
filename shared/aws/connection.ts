/** How a client reaches its service. */
export interface Connection {
  readonly region: string;
  /** Set where the service is not the cloud's own. */
  readonly endpoint?: string | undefined;
  /** Credentials other than the environment's: those of a role assumed for one tenant. */
  readonly credentials?: Credentials | undefined;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request that hangs is a request that failed: every client gives up after these milliseconds. */
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 20_000, throwOnRequestTimeout: true };

/** What every SDK client gets. An explicit endpoint and region keep the SDK from reading configuration files at the first call. */
export function clientOptions({ region, endpoint, credentials }: Connection) {
  return {
    region,
    requestHandler,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
