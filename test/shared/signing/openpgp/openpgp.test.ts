import fc from "fast-check";
import { createMessage, readCleartextMessage, readKey, readSignature, verify } from "openpgp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Malformed } from "#shared/signing/malformed.ts";
import { formatArmor, readArmor } from "#shared/signing/openpgp/armor.ts";
import { readCertificate, signCertificate } from "#shared/signing/openpgp/certificate.ts";
import { signClearText, verifyClearText } from "#shared/signing/openpgp/clear-text.ts";
import { signDetached, verifyDetached } from "#shared/signing/openpgp/detached-signature.ts";
import { fingerprint, keyBody, readKeyBody } from "#shared/signing/openpgp/key.ts";
import { formatPacket, mpi, packetTags, readPackets } from "#shared/signing/openpgp/packet.ts";
import { flipBit, flipTextBit, localEcdsaSigner, localEd25519Signer } from "../local-signer.ts";
import { gpgKeyring, gpgNote, hasGpg } from "./gpg.ts";

const createdAt = new Date("2020-01-01T00:00:00Z");
const at = new Date("2020-02-03T04:05:06Z");
const userId = "Hearth <security@hearth.example>";
const data = Buffer.from("a release of hearth\r\n\n \t\n\0end");

/** Texts where readers differ when they are not careful. */
const texts = [
  "Contact: mailto:security@hearth.example\nExpires: 2027-01-01T00:00:00Z\n",
  "no line feed at the end",
  "",
  "\n",
  "\n\n\nempty lines before and after\n\n\n",
  "-\n- dash and blank\n--\n-----BEGIN PGP SIGNATURE-----\n",
  "From here\nFrom there \n>From\n",
  "blanks at the end   \ntabs too\t\t\n   \n",
  "ended by\r\nCRLF\r\n",
  "unicode: \u00e9\u00a0\n\u2014 \u{1f512}\u3000\n",
];

/** The text that a reader should get: lines ended by line feeds, without blanks at their ends. */
const asRead = (text: string) => {
  const lines = text.replaceAll("\r\n", "\n").replace(/\n$/, "").split("\n");
  return `${lines.map((line) => line.replace(/[ \t]+$/, "")).join("\n")}\n`;
};

const signers = [localEcdsaSigner(), localEd25519Signer()];

describe.each(signers)("an OpenPGP key for $algorithm", (signer) => {
  const key = { publicKey: signer.publicKey, createdAt };
  const own = { key, signer };

  async function verificationKeys(expiresAt?: Date) {
    return readKey({ armoredKey: await signCertificate({ userId, at: createdAt, expiresAt }, own) });
  }

  async function openpgpHolds(binary: Uint8Array, armoredSignature: string): Promise<boolean> {
    const message = await createMessage({ binary });
    const signature = await readSignature({ armoredSignature });
    const checked = await verify({ message, signature, verificationKeys: await verificationKeys(), format: "binary" });
    return holds(checked.signatures);
  }

  it("is read by openpgp, with its id, user and expiry", async () => {
    const expiresAt = new Date("2030-01-01T00:00:00Z");
    const read = await verificationKeys(expiresAt);
    expect(read.getFingerprint()).toBe(Buffer.from(fingerprint(key)).toString("hex"));
    expect(read.getCreationTime()).toEqual(createdAt);
    expect(read.getUserIDs()).toEqual([userId]);
    expect(await read.getExpirationTime()).toEqual(expiresAt);
    expect(await (await verificationKeys()).getExpirationTime()).toBe(Number.POSITIVE_INFINITY);
    await read.verifyPrimaryKey(at);
    await read.getSigningKey(undefined, at);
  });

  it("is read by us as it was written", async () => {
    const expiresAt = new Date("2030-01-01T00:00:00Z");
    expect(readCertificate(await signCertificate({ userId, at, expiresAt }, own))).toEqual({ key, userId, expiresAt });
    expect(readCertificate(await signCertificate({ userId: "\u00e9".repeat(200), at }, own)).userId).toHaveLength(200);
  });

  it("is not read with any bit flipped", async () => {
    const armored = await signCertificate({ userId, at }, own);
    for (let bit = 0; bit < armored.length * 8; bit++)
      expect(() => readCertificate(flipTextBit(armored, bit)), `bit ${bit}`).toThrow(Malformed);
  });

  it.each(["", "two\nlines", "\ud800"])("does not certify the user id %j", async (wrong) => {
    await expect(signCertificate({ userId: wrong, at }, own)).rejects.toThrow(Malformed);
  });

  it("does not expire before it was made", async () => {
    await expect(signCertificate({ userId, at, expiresAt: createdAt }, own)).rejects.toThrow(RangeError);
  });

  it("signs files that openpgp verifies, 40 of 40, and not when they were changed", async () => {
    for (let round = 0; round < 40; round++) {
      const file = Buffer.concat([data, Uint8Array.of(round)]);
      expect(await openpgpHolds(file, await signDetached(file, at, own))).toBe(true);
    }
    expect(await openpgpHolds(Buffer.from("another"), await signDetached(data, at, own))).toBe(false);
  });

  it("signs files that we verify, and not when they were changed or another key signed", async () => {
    const signature = await signDetached(data, at, own);
    expect(verifyDetached(data, signature, key)?.signedAt).toEqual(at);
    expect(verifyDetached(data, signature.replaceAll("\n", "\r\n"), key)?.signedAt).toEqual(at);
    expect(verifyDetached(Buffer.from("another"), signature, key)).toBeUndefined();
    for (const other of [localEcdsaSigner(), localEd25519Signer()])
      expect(verifyDetached(data, signature, { publicKey: other.publicKey, createdAt })).toBeUndefined();
    expect(verifyDetached(data, signature, { ...key, createdAt: at })).toBeUndefined();
  });

  it("signs files so that no bit of the signature can be flipped", async () => {
    const signature = await signDetached(data, at, own);
    for (let bit = 0; bit < signature.length * 8; bit++)
      expect(verifyDetached(data, flipTextBit(signature, bit), key), `bit ${bit}`).toBeUndefined();
  });

  it("signs files so that no bit of the packet inside the armor can be flipped, signed or not", async () => {
    const packet = readArmor("PGP SIGNATURE", await signDetached(data, at, own));
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const flipped = formatArmor("PGP SIGNATURE", flipBit(packet, bit));
      expect(verifyDetached(data, flipped, key), `bit ${bit}`).toBeUndefined();
    }
  });

  it("signs files with two numbers and nothing after them", async () => {
    const [packet] = readPackets(readArmor("PGP SIGNATURE", await signDetached(data, at, own)));
    const longer = Buffer.concat([packet?.body ?? new Uint8Array(), mpi(Uint8Array.of(1))]);
    const armored = formatArmor("PGP SIGNATURE", formatPacket(packetTags.signature, longer));
    expect(verifyDetached(data, armored, key)).toBeUndefined();
  });

  it("certifies itself so that no bit of its packets can be flipped, signed or not", async () => {
    const kind = "PGP PUBLIC KEY BLOCK";
    const packets = readArmor(kind, await signCertificate({ userId, at, expiresAt: new Date("2030-01-01") }, own));
    for (let bit = 0; bit < packets.length * 8; bit++)
      expect(() => readCertificate(formatArmor(kind, flipBit(packets, bit))), `bit ${bit}`).toThrow(Malformed);
  });

  it("clear-signs in the form of RFC 9580 §7, dashes and what mail systems change escaped", async () => {
    const signed = await signClearText("-dash\nFrom here\nplain \t\n", at, own);
    const hashName = signer.algorithm === "ES256" ? "SHA256" : "SHA512";
    expect(signed.split("\n").slice(0, 8)).toEqual([
      "-----BEGIN PGP SIGNED MESSAGE-----",
      `Hash: ${hashName}`,
      "",
      "- -dash",
      "- From here",
      "plain",
      "-----BEGIN PGP SIGNATURE-----",
      "",
    ]);
    expect(signed).toMatch(/\n-----END PGP SIGNATURE-----\n$/);
  });

  it.each(texts)("clear-signs a text that openpgp and we read alike: %j", async (text) => {
    const signed = await signClearText(text, at, own);
    const message = await readCleartextMessage({ cleartextMessage: signed });
    const checked = await verify({ message, verificationKeys: await verificationKeys() });
    expect(await holds(checked.signatures)).toBe(true);
    expect(`${checked.data}\n`).toBe(asRead(text));
    expect(verifyClearText(signed, key)).toEqual({ text: asRead(text), signedAt: at });
    expect(verifyClearText(signed.replaceAll("\n", "\r\n"), key)?.text).toBe(asRead(text));
  });

  it("clear-signs whatever text there is", async () => {
    const piece = fc.oneof(
      fc.constantFrom("\n", "\r\n", " ", "\t", "-", "- ", "From ", "\n-----"),
      fc.string({ unit: "grapheme" }),
    );
    const any = fc.array(piece).map((pieces) => pieces.join("").replaceAll(/\r(?!\n)/g, ""));
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        const signed = await signClearText(text, at, own);
        expect(verifyClearText(signed, key)?.text).toBe(asRead(text));
      }),
    );
  });

  it("does not take a clear text with any bit flipped, or with more around it", async () => {
    const signed = await signClearText(texts[0] ?? "", at, own);
    for (let bit = 0; bit < signed.length * 8; bit++)
      expect(verifyClearText(flipTextBit(signed, bit), key), `bit ${bit}`).toBeUndefined();
    expect(verifyClearText(`before\n${signed}`, key)).toBeUndefined();
    expect(verifyClearText(`${signed}after\n`, key)).toBeUndefined();
    expect(verifyClearText(signed.replace("\n\n", "\n\nmore\n"), key)).toBeUndefined();
    expect(verifyClearText(signed.replace("Contact", "- Contact"), key)).toBeUndefined();
    const dashed = await signClearText("-dash\nFrom here\n", at, own);
    expect(verifyClearText(dashed, key)).toBeDefined();
    expect(verifyClearText(dashed.replace("- -dash", "-dash"), key)).toBeUndefined();
    expect(verifyClearText(dashed.replace("- From", "From"), key)).toBeUndefined();
    expect(verifyClearText(signed.replace("Hash", "Comment: more\nHash"), key)).toBeUndefined();
    expect(verifyClearText(signed.replace("example\n", "example \n"), key)).toBeUndefined();
  });

  it("does not take one kind of signature for the other", async () => {
    const text = "one line";
    const clear = await signClearText(text, at, own);
    const block = clear.slice(clear.indexOf("-----BEGIN PGP SIGNATURE-----"));
    expect(verifyDetached(Buffer.from(text), block, key)).toBeUndefined();
  });

  it("clear-signs no text whose lines end in a carriage return alone", async () => {
    await expect(signClearText("a\rb", at, own)).rejects.toThrow(Malformed);
    await expect(signClearText("\ud800", at, own)).rejects.toThrow(Malformed);
  });

  describe.skipIf(!hasGpg)(`in gpg${gpgNote}`, () => {
    let gpg: ReturnType<typeof gpgKeyring>;
    beforeAll(async () => {
      gpg = gpgKeyring();
      gpg.import(await signCertificate({ userId, at: createdAt, expiresAt: new Date("2100-01-01T00:00:00Z") }, own));
    });
    afterAll(() => gpg.remove());

    it("is imported with its user and expiry, and may sign and certify", () => {
      const listed = gpg
        .list()
        .split("\n")
        .map((line) => line.split(":"));
      const row = (kind: string) => listed.find(([name]) => name === kind) ?? [];
      expect(row("fpr")[9]?.toLowerCase()).toBe(Buffer.from(fingerprint(key)).toString("hex"));
      expect(row("uid")[9]).toBe(userId);
      expect(row("pub").slice(5, 7)).toEqual(["1577836800", "4102444800"]);
      expect(row("pub")[11]).toBe("scSC");
    });

    it("signs files that gpg verifies, 20 of 20, and not when they were changed", async () => {
      for (let round = 0; round < 20; round++) {
        const file = Buffer.concat([data, Uint8Array.of(round)]);
        expect(gpg.verifyDetached(file, await signDetached(file, at, own))).toContain("VALIDSIG");
      }
      expect(gpg.verifyDetached(Buffer.from("another"), await signDetached(data, at, own))).toContain("BADSIG");
    });

    it.each(texts)("clear-signs a text that gpg reads as we do: %j", async (text) => {
      const verified = gpg.verifyClearText(await signClearText(text, at, own));
      expect(verified.status).toContain("VALIDSIG");
      expect(verified.text).toBe(asRead(text));
    });

    it("clear-signs a text that gpg refuses when it was changed", async () => {
      const signed = await signClearText(texts[0] ?? "", at, own);
      expect(gpg.verifyClearText(signed.replace("2027", "2028")).status).toContain("BADSIG");
    });
  });
});

describe("a key that signs", () => {
  it("has the same fingerprint as long as it has the same time", () => {
    const signer = localEd25519Signer();
    const key = { publicKey: signer.publicKey, createdAt };
    expect(fingerprint({ ...key, createdAt: new Date(createdAt.getTime() + 999) })).toEqual(fingerprint(key));
    expect(fingerprint({ ...key, createdAt: at })).not.toEqual(fingerprint(key));
  });

  // RFC 9580 Appendix A.1, "Sample Version 4 Ed25519Legacy Key".
  it("has the fingerprint of RFC 9580's sample", () => {
    const sample = Buffer.from("xjMEU/NfCxYJKwYBBAHaRw8BAQdAPwmJlL3ZFu1AUxl5NOSofIBzOhKA1i+AEJkuQ+47JAY=", "base64");
    const [packet] = readPackets(sample);
    const key = readKeyBody(packet?.body ?? new Uint8Array());
    expect(key.createdAt).toEqual(new Date("2014-08-19T14:28:27Z"));
    expect(Buffer.from(key.publicKey.raw).toString("hex")).toBe(
      "3f098994bdd916ed4053197934e4a87c80733a1280d62f8010992e43ee3b2406",
    );
    expect(Buffer.from(fingerprint(key)).toString("hex")).toBe("c959bdbafa32a2f89a153b678cfde12197965a9a");
    expect(Buffer.from(formatPacket(packetTags.publicKey, keyBody(key)))).toEqual(sample);
  });
});

async function holds(signatures: readonly { readonly verified: Promise<boolean> }[]): Promise<boolean> {
  return signatures.length === 1 && (await signatures[0]?.verified.catch(() => false)) === true;
}
