import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateKeyCommand, type CreateKeyCommandInput, KMSClient } from "@aws-sdk/client-kms";
import { type Kms, type KmsCall, type KmsOptions, startKms } from "#infra/local/kms/server.ts";

/** A stand-in on a free port with its own key file and clock, and the SDK's client to talk to it. */
export async function kmsUnderTest(options: Partial<KmsOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), "kms-"));
  const file = join(folder, "keys.json");
  const asked: KmsCall[] = [];
  let now = new Date("2026-11-21T12:00:00Z");
  let kms: Kms;
  let client: KMSClient;

  async function open(): Promise<void> {
    kms = await startKms({ port: 0, file, now: () => now, authorize: (call) => void asked.push(call), ...options });
    const credentials = { accessKeyId: "AKIATESTER", secretAccessKey: "any" };
    client = new KMSClient({ region: "us-east-1", endpoint: kms.url, credentials, maxAttempts: 1 });
  }

  async function close(): Promise<void> {
    client.destroy();
    await kms.close();
  }

  await open();
  return {
    folder,
    file,
    /** Every call that was authorized, in order. */
    asked,
    get client() {
      return client;
    },
    get url() {
      return kms.url;
    },
    get calls() {
      return kms.calls;
    },
    /** The id of a new key. */
    async newKey(input: CreateKeyCommandInput = {}): Promise<string> {
      const { KeyMetadata } = await client.send(new CreateKeyCommand(input));
      return KeyMetadata?.KeyId ?? "";
    },
    addForeignKey: (account: string) => kms.addForeignKey(account),
    /** Moves the clock. */
    pass(days: number): void {
      now = new Date(now.getTime() + days * 24 * 60 * 60 * 1000);
    },
    async reopen(): Promise<void> {
      await close();
      await open();
    },
    async stop(): Promise<void> {
      await close();
      await rm(folder, { recursive: true });
    },
  };
}

export type KmsUnderTest = Awaited<ReturnType<typeof kmsUnderTest>>;

/** The name of the error that a call fails with. */
export async function errorName(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return error instanceof Error ? error.name : "not an error";
  }
  return "none";
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const plain = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
