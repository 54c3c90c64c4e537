import { invalidParameter, SesError } from "./errors.ts";
import { bareAddresses } from "./mail-facts.ts";

/** A SendRawEmail call as it stands on the wire, before anything of the message is checked. */
export interface SendRequest {
  readonly source: string | undefined;
  /** Empty when the message's own To, Cc and Bcc name the recipients. */
  readonly destinations: readonly string[];
  readonly raw: Buffer;
  readonly tags: Readonly<Record<string, string>>;
  readonly configurationSet: string | undefined;
}

const tagText = /^[A-Za-z0-9_-]{1,256}$/;
const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/** Reads the parameters of SendRawEmail (Query protocol, version 2010-12-01). */
export function readSendRequest(form: URLSearchParams): SendRequest {
  const data = form.get("RawMessage.Data");
  if (data === null || data === "") {
    throw new SesError("ValidationError", "RawMessage.Data is missing: send the whole message in it, in base64.");
  }
  if (!base64.test(data)) throw new SesError("MalformedInput", "RawMessage.Data is not base64.");
  return {
    source: oneAddress(form.get("Source")),
    destinations: members(form, "Destinations.member.").flatMap(recipientAddress),
    raw: Buffer.from(data, "base64"),
    tags: readTags(form),
    configurationSet: form.get("ConfigurationSetName") ?? undefined,
  };
}

function oneAddress(value: string | null): string | undefined {
  if (value === null || value === "") return undefined;
  const [address, ...more] = bareAddresses(value);
  if (address === undefined || more.length > 0) throw invalidParameter("Source must be one address.");
  return address;
}

function recipientAddress(value: string): string[] {
  const addresses = bareAddresses(value);
  if (addresses.length === 0 || addresses.some((address) => !address.includes("@"))) {
    throw invalidParameter("Missing final '@domain'");
  }
  return addresses;
}

function members(form: URLSearchParams, prefix: string): string[] {
  const found: string[] = [];
  for (let n = 1; ; n += 1) {
    const value = form.get(`${prefix}${n}`);
    if (value === null) return found;
    found.push(value);
  }
}

function readTags(form: URLSearchParams): Record<string, string> {
  const names = [];
  for (let n = 1; form.has(`Tags.member.${n}.Name`); n += 1) names.push(n);
  const entries = names.map((n): [string, string] => [
    form.get(`Tags.member.${n}.Name`) ?? "",
    form.get(`Tags.member.${n}.Value`) ?? "",
  ]);
  if (entries.flat().some((text) => !tagText.test(text))) {
    throw invalidParameter("A tag's name and value take A-Z, a-z, 0-9, _ and - only, at most 256 of them.");
  }
  return Object.fromEntries(entries);
}
