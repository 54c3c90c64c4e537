/**
 * Fetches documents from the public Internet and from nowhere else: https, a certificate that is good for the name, no redirect,
 * a bound on size and time, and a connection to an address that was judged after it was resolved, so that a name which changes
 * its meaning between two look-ups (DNS rebinding) gains nothing.
 */
import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { DocumentRefused, type FetchDocument } from "#shared/access/fetch-document.ts";
import { isPublicAddress } from "./public-address.ts";

export interface PublicFetchSettings {
  /** Origins that are reached as they are, whatever their scheme and address. Empty in the cloud. */
  readonly exceptions: readonly string[];
  readonly bytesAtMost?: number;
  /** For the whole of one fetch. */
  readonly milliseconds?: number;
  /** Certificates (PEM) that are trusted instead of the system's. */
  readonly authorities?: string;
  readonly lookup?: Resolve;
}

/** Resolves a name to all its addresses, as `node:dns` does with `all`. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Documents are small: a set of keys, a provider's description of itself. */
export function connectPublicFetch(settings: PublicFetchSettings): FetchDocument {
  const { exceptions, bytesAtMost = 262_144, milliseconds = 3_000, lookup = systemLookup } = settings;
  return async (url) => {
    const excepted = exceptions.includes(url.origin);
    if (!excepted) requirePublicName(url);
    const send = url.protocol === "https:" ? secureRequest : plainRequest;
    const signal = AbortSignal.timeout(milliseconds);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = send(
      url,
      {
        // A connection of its own for each: none is ever reused under a name that it was not opened for.
        agent: false,
        headers: { accept: "application/json", "accept-encoding": "identity", "user-agent": "candor" },
        signal,
        // Said here, because a variable of the environment could otherwise turn it off.
        rejectUnauthorized: true,
        ...(settings.authorities === undefined ? {} : { ca: settings.authorities }),
        ...(excepted ? {} : { lookup: publicOnly(lookup) }),
      },
      resolve,
    );
    sent.on("error", reject);
    sent.end();
    try {
      return await readBody(await promise, bytesAtMost);
    } catch (error) {
      throw refusal(error, signal);
    } finally {
      sent.destroy();
    }
  };
}

/** What can be told from the address alone. @throws DocumentRefused */
function requirePublicName(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "")
    throw notPublic("Only https addresses without a user's name are fetched.");
  const inside = isIP(host) === 0 ? !host.includes(".") || insideNames.test(host) : !isPublicAddress(host);
  if (inside) throw notPublic(notPublicText);
}

/** Names that mean something within a network or a machine alone (RFC 6761, RFC 6762, RFC 9476, ICANN's .internal). */
const insideNames = /\.(?:localhost|local|internal|intranet|private|corp|home|lan|alt|home\.arpa)$/i;

/** Resolves a name for a connection; a single address inside spoils all of them. */
function publicOnly(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { all: true }, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(notPublic(notPublicText), "", 0);
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

async function readBody(response: IncomingMessage, bytesAtMost: number): Promise<Uint8Array> {
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400)
    throw new DocumentRefused("redirect", "The server redirects. Give the address that answers by itself.");
  if (statusCode !== 200)
    throw new DocumentRefused("status", `The server answers ${String(statusCode)}; 200 is expected.`);
  if (headers["content-encoding"] !== undefined && headers["content-encoding"] !== "identity")
    throw new DocumentRefused("encoded", "The server compresses its answer although it was asked not to.");
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > bytesAtMost)
      throw new DocumentRefused("too-large", `The server's answer is larger than ${String(bytesAtMost)} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function refusal(error: unknown, signal: AbortSignal): DocumentRefused {
  if (error instanceof DocumentRefused) return error;
  return signal.aborted
    ? new DocumentRefused("timeout", "The server did not answer in time.", { cause: error })
    : new DocumentRefused("unreachable", "The server can't be reached, or its certificate is not good for its name.", {
        cause: error,
      });
}

const notPublic = (message: string): DocumentRefused => new DocumentRefused("not-public", message);
const notPublicText = "The address does not belong to the public Internet; nothing else is fetched.";
