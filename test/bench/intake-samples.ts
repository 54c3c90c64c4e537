import { randomBytes } from "node:crypto";
import { createInboundMail } from "#functions/inbound-mail/app.ts";
import type { InboundPorts } from "#functions/inbound-mail/ports.ts";
import { bucketNames } from "#infra/local/storage/fauxqs.ts";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectTable } from "#shared/aws/table.ts";
import { connectDigester, connectWrapper } from "#shared/aws/vault.ts";
import { readConfig } from "#shared/config.ts";
import { SesReceipt } from "#shared/mail/ses-receipt.ts";
import type { Key, Write } from "#shared/store/table.ts";
import { reportMail } from "./mails.ts";

/** One mail, with what the real door makes of it. */
export interface Sample {
  readonly mail: ReturnType<typeof reportMail>;
  /** SES's notice of it, as the queue carries it. */
  readonly notice: string;
  readonly objectKey: string;
  readonly lookup: readonly Key[];
  readonly sealedKey: string;
  readonly sealed: Uint8Array;
  readonly writes: readonly Write[];
  readonly outboxItem: string;
}

export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

export function credentialsIn(environment: Readonly<Record<string, string>>): Credentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = environment;
  return { accessKeyId, secretAccessKey };
}

/** The door's own clients, with its own key. */
export function inboundPorts(environment: Readonly<Record<string, string>>): InboundPorts {
  const config = readConfig("inbound-mail", environment);
  const common = { region: config.AWS_REGION, credentials: credentialsIn(environment) };
  const keys = { ...common, endpoint: config.AWS_ENDPOINT_URL_KMS };
  return {
    table: connectTable(
      { ...common, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
      Math.random,
    ),
    objects: connectObjects({ ...common, endpoint: config.AWS_ENDPOINT_URL_S3 }),
    wrapper: connectWrapper({ ...keys, platformKey: config.SEALING_KEY }),
    digester: connectDigester({ ...keys, keyId: config.DIGEST_KEY }),
    rawBucket: config.RAW_BUCKET,
    sealedBucket: config.SEALED_BUCKET,
    mailDomain: config.MAIL_DOMAIN,
    now: () => new Date(),
    random: randomBytes,
  };
}

/** Makes samples by running the door on a mail and keeping back what it would read, seal and write. */
export function sampleMaker(ports: InboundPorts): (name: string) => Promise<Sample> {
  const kept: { lookup: readonly Key[]; sealedKey: string; sealed: Uint8Array; writes: readonly Write[]; raw: Buffer } =
    {
      ...{ lookup: [], sealedKey: "", sealed: Buffer.alloc(0), writes: [], raw: Buffer.alloc(0) },
    };
  const takeIn = createInboundMail({
    ...ports,
    table: {
      ...ports.table,
      async getMany(lookup) {
        kept.lookup = lookup;
        return [];
      },
      async transact(writes) {
        kept.writes = writes;
      },
    },
    objects: {
      ...ports.objects,
      read: async () => kept.raw,
      remove: async () => undefined,
      async write(_bucket, key, chunks) {
        kept.sealedKey = key;
        for await (const chunk of chunks) kept.sealed = chunk;
      },
    },
  });
  return async (name) => {
    const mail = reportMail(name);
    const notice = noticeOf(name, mail);
    kept.raw = mail.raw;
    await takeIn(SesReceipt.parse(JSON.parse(notice)), "bench");
    const { lookup, sealedKey, sealed, writes } = kept;
    const outboxItem = writes.flatMap((write) =>
      "put" in write && String(write.put["pk"]).startsWith("OUTBOX#") ? [String(write.put["id"])] : [],
    )[0];
    if (outboxItem === undefined) throw new Error("A mail of the bench is not acknowledged; look at its verdicts.");
    return { mail, notice, objectKey: objectKeyOf(name), lookup, sealedKey, sealed, writes, outboxItem };
  };
}

export const objectKeyOf = (name: string): string => `inbound/${name}`;

export function noticeOf(name: string, { from, to }: Sample["mail"]): string {
  const timestamp = new Date().toISOString();
  const verdict = { status: "PASS" };
  const verdicts = { spamVerdict: verdict, virusVerdict: verdict, spfVerdict: verdict, dkimVerdict: verdict };
  const action = {
    ...{ type: "S3", topicArn: "arn:aws:sns:us-east-1:000000000000:candor-inbound" },
    ...{ bucketName: bucketNames.raw, objectKeyPrefix: "inbound/", objectKey: objectKeyOf(name) },
  };
  return JSON.stringify({
    notificationType: "Received",
    mail: { timestamp, source: from, messageId: name, destination: [to] },
    receipt: { timestamp, processingTimeMillis: 1, recipients: [to], ...verdicts, dmarcVerdict: verdict, action },
  });
}
