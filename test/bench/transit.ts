/** What transit costs beside bare AES-256-GCM, with the data key at hand; the KMS round trip apart; memory of a stream. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { startKms } from "#infra/local/kms/server.ts";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { connectKeyService } from "#shared/aws/key-service.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { decryptStream, encryptStream } from "#shared/transit/encrypted-stream.ts";
import { decrypt, encrypt, type KeyInUse } from "#shared/transit/encryption.ts";
import { newKey } from "#shared/transit/key.ts";
import type { KeyService } from "#shared/transit/key-service.ts";
import { medianOf, type Outcome, spreadOf } from "./outcome.ts";
import { type Contestant, inTurns } from "./rounds.ts";

const sizes = [4_096, 65_536, 10_000_000];
const now = new Date();

export async function benchTransit(quick: boolean, say: (line: string) => void): Promise<Outcome[]> {
  const dataKey = randomBytes(32);
  const atHand = keyInUse({
    newDataKey: async () => ({ plaintext: dataKey, wrapped: dataKey }),
    unwrap: async () => dataKey,
  });
  const outcomes: Outcome[] = [];
  for (const size of sizes) {
    say(`${String(size)} bytes`);
    outcomes.push(...(await besideBare(atHand, randomBytes(size), quick)));
  }
  return [...outcomes, await heldByStream(atHand, quick), await roundTrip(quick)];
}

/** A stream each way, as it is done with stored objects, against one call of the cipher over the same bytes in memory. */
async function besideBare(use: KeyInUse, bytes: Buffer, quick: boolean): Promise<Outcome[]> {
  const times = Math.max(1, Math.floor((quick ? 4e7 : 1e8) / bytes.length));
  const sealed = await gather(encryptStream(use, [bytes]));
  const bare = bareSeal(bytes);
  // Time of the processor, that of the collector included: how long it takes depends on who else is running.
  const timed = (work: () => unknown) => async (): Promise<number> => {
    const began = process.cpuUsage();
    for (let n = 0; n < times; n++) await work();
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1_000 / times;
  };
  const contestants: Contestant<number>[] = [
    { name: "encrypt", measure: timed(() => drain(encryptStream(use, [bytes]))) },
    { name: "bare encrypt", measure: timed(() => bareSeal(bytes)) },
    { name: "decrypt", measure: timed(() => drain(decryptStream(use, [sealed]))) },
    { name: "bare decrypt", measure: timed(() => bareOpen(bare)) },
  ];
  const results = await inTurns(
    contestants,
    { rounds: quick ? 5 : 15, milliseconds: quick ? 8_000 : 20_000 },
    () => {},
  );
  return ["encrypt", "decrypt"].map((way) => {
    const [ours = [], theirs = []] = [results.get(way), results.get(`bare ${way}`)];
    return {
      ...{ bench: "transit", unit: "", cpu: "" },
      goal: `${way} ${String(bytes.length)} bytes against bare AES-256-GCM${bytes.length < 1e7 ? "" : ", at least 0.9"}`,
      measured: spreadOf(ours.map((milliseconds, round) => (theirs[round] ?? 0) / milliseconds)),
      ...(bytes.length < 1e7 ? {} : { atLeast: 0.9 }),
      context: `${medianOf(ours).toFixed(3)} ms of CPU, bare ${medianOf(theirs).toFixed(3)} ms`,
    };
  });
}

/** Bytes that went in and have not come out again, encrypting and decrypting in a row: in chunks, for one of the two. */
async function heldByStream(use: KeyInUse, quick: boolean): Promise<Outcome> {
  const piece = Buffer.alloc(65_536);
  const pieces = quick ? 1_000 : 4_000;
  const peaks: number[] = [];
  let taken = 0;
  async function* source() {
    for (let n = 0; n < pieces; n++) {
      taken += piece.length;
      yield piece;
    }
  }
  let [given, most] = [0, 0];
  for await (const part of encryptStream(use, source())) {
    most = Math.max(most, taken - given);
    given += part.length;
  }
  peaks.push(most / 65_536);
  return {
    ...{ bench: "transit", unit: "chunks", cpu: "", atMost: 2, measured: spreadOf(peaks) },
    goal: "plaintext held while a stream is encrypted, at most two chunks",
    context: `${String((pieces * 65_536) / 1e6)} MB through`,
  };
}

/** The KMS call that each encryption costs, over the SDK to the stand-in. */
async function roundTrip(quick: boolean): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "candor-bench-"));
  const kms = await startKms({ port: 0, file: join(folder, "keys.json"), now: () => now, authorize: () => undefined });
  const client = new KMSClient(hostClient(kms.url));
  try {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    const { region, credentials } = hostClient(kms.url);
    const service = connectKeyService({
      ...{
        region,
        credentials,
        endpoint: kms.url,
        tenant: TenantId.parse("bench"),
        platformKey: KeyMetadata?.Arn ?? "",
      },
    });
    const use = keyInUse(service, service.platformKey);
    const bytes = randomBytes(4_096);
    const values: number[] = [];
    for (let n = 0; n < (quick ? 100 : 500); n++) {
      const began = performance.now();
      await decrypt(use, (await encrypt(use, bytes)).ciphertext);
      values.push((performance.now() - began) / 2);
    }
    return {
      ...{ bench: "transit", unit: "ms", cpu: "", measured: spreadOf(values) },
      goal: "encrypt or decrypt 4,096 bytes with its one KMS call, for information",
      context: "the stand-in on this machine; AWS's own is a network away",
    };
  } finally {
    client.destroy();
    await kms.close();
    rmSync(folder, { recursive: true });
  }
}

function keyInUse(service: Pick<KeyService, "newDataKey" | "unwrap">, kmsKey = "arn:bench"): KeyInUse {
  const key = newKey({ name: "bench", purpose: "encryption" }, { origin: "platform", kmsKey }, now);
  return { tenant: "bench", key, now, service: service as KeyService };
}

const secret = randomBytes(32);
const nonce = randomBytes(12);

function bareSeal(bytes: Uint8Array): { ciphertext: Buffer; tag: Buffer } {
  const gcm = createCipheriv("aes-256-gcm", secret, nonce);
  const ciphertext = gcm.update(bytes);
  gcm.final();
  return { ciphertext, tag: gcm.getAuthTag() };
}

function bareOpen({ ciphertext, tag }: { ciphertext: Buffer; tag: Buffer }): Buffer {
  const gcm = createDecipheriv("aes-256-gcm", secret, nonce).setAuthTag(tag);
  const plaintext = gcm.update(ciphertext);
  gcm.final();
  return plaintext;
}

const gather = async (pieces: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(pieces));

async function drain(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of pieces);
}
