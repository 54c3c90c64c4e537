import { beforeAll, describe, expect, it } from "vitest";
import { DocumentRefused, type FetchDocument } from "#shared/access/fetch-document.ts";
import { issuerKeys, type KeySource, requireReadableKeys } from "#shared/access/issuer-keys.ts";
import { KeysUnavailable, readToken } from "#shared/access/signed-token.ts";
import { audience, issuer, type SigningIssuer, startSigning } from "./signing-issuer.ts";

const now = new Date("2026-11-18T10:00:00.000Z");
let signing: SigningIssuer;
beforeAll(async () => {
  signing = await startSigning();
});

/** The Internet, as far as it exists: documents by address. What is not there is refused. */
function internet(documents: Readonly<Record<string, unknown>>): FetchDocument & { readonly asked: string[] } {
  const asked: string[] = [];
  const fetchDocument: FetchDocument = async ({ href }) => {
    asked.push(href);
    if (!Object.hasOwn(documents, href)) throw new DocumentRefused("status", "The server answers 404.");
    const document = documents[href];
    return Buffer.from(typeof document === "string" ? document : JSON.stringify(document));
  };
  return Object.assign(fetchDocument, { asked });
}

const configuration = `${issuer}/.well-known/openid-configuration`;
const jwksUrl = "https://keys.example/jwks";
const whole = () => ({ [configuration]: { issuer, jwks_uri: jwksUrl, more: true }, [jwksUrl]: signing.jwks });

async function reads(fetchDocument: FetchDocument, source: KeySource): Promise<boolean> {
  const findKey = issuerKeys({ fetchDocument, now: () => now })(source);
  return (await readToken(await signing.token(now), { issuer, audiences: [audience], findKey }, now)) !== undefined;
}

describe("the keys of an issuer", () => {
  it("are found where its discovery document says", async () => {
    const net = internet(whole());
    expect([await reads(net, { issuer }), net.asked]).toEqual([true, [configuration, jwksUrl]]);
  });

  it("are fetched where they are known to be", async () => {
    const net = internet(whole());
    expect([await reads(net, { issuer, jwksUrl }), net.asked]).toEqual([true, [jwksUrl]]);
  });

  it("of two issuers are two sets, also where one claims the name of the other", async () => {
    const net = internet({ ...whole(), "https://evil.example/jwks": { keys: [] } });
    const keysOf = issuerKeys({ fetchDocument: net, now: () => now });
    const token = await signing.token(now);
    const by = (source: KeySource) => readToken(token, { issuer, audiences: [audience], findKey: keysOf(source) }, now);
    expect(await by({ issuer, jwksUrl: "https://evil.example/jwks" })).toBeUndefined();
    expect(await by({ issuer, jwksUrl })).toBeDefined();
    expect(await by({ issuer, jwksUrl: "https://evil.example/jwks" })).toBeUndefined();
  });

  it.each<[string, () => Record<string, unknown>]>([
    ["nothing is there", () => ({})],
    [
      "the document is another issuer's",
      () => ({ ...whole(), [configuration]: { issuer: `${issuer}/`, jwks_uri: jwksUrl } }),
    ],
    ["the document names no keys", () => ({ [configuration]: { issuer } })],
    ["the document is no JSON", () => ({ ...whole(), [configuration]: "<html>" })],
    ["the keys are no key set", () => ({ ...whole(), [jwksUrl]: { keys: "none" } })],
    ["there are too many keys", () => ({ ...whole(), [jwksUrl]: { keys: Array(101).fill({ kty: "EC" }) } })],
  ])("can't be had, and are refused when they are configured: %s", async (_, documents) => {
    const net = internet(documents());
    await expect(reads(net, { issuer })).rejects.toThrow(KeysUnavailable);
    await expect(requireReadableKeys(net, { issuer })).rejects.toMatchObject({
      code: "invalid",
      faults: [{ pointer: "/issuer" }],
    });
  });

  it("are readable where all is well", async () => {
    await expect(requireReadableKeys(internet(whole()), { issuer })).resolves.toBeUndefined();
    await expect(requireReadableKeys(internet({}), { issuer, jwksUrl })).rejects.toMatchObject({
      faults: [{ pointer: "/jwksUrl" }],
    });
  });

  it("are kept for the providers that are asked for, not for all that ever were", async () => {
    const net = internet(whole());
    const keysOf = issuerKeys({ fetchDocument: net, now: () => now });
    const token = await signing.token(now);
    const read = () => readToken(token, { issuer, audiences: [audience], findKey: keysOf({ issuer, jwksUrl }) }, now);
    await read();
    for (let n = 0; n < 150; n++) keysOf({ issuer: `https://${String(n)}.example` });
    await read();
    expect(net.asked).toHaveLength(1);
    for (let n = 0; n < 250; n++) keysOf({ issuer: `https://${String(n)}.example` });
    await read();
    expect(net.asked).toHaveLength(2);
  });
});
