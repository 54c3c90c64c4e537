import { randomBytes } from "node:crypto";
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { connectLog } from "#shared/aws/log.ts";
import { connectObjects } from "#shared/aws/objects.ts";
import { ScheduleEvent } from "#shared/aws/schedule-event.ts";
import { connectSigner } from "#shared/aws/signer.ts";
import { connectKeyMaker, fetchPublicKey } from "#shared/aws/signing-key-maker.ts";
import { connectTable } from "#shared/aws/table.ts";
import { readConfig } from "#shared/config.ts";
import type { Signer } from "#shared/signing/signer.ts";
import type { MadeKey } from "#shared/signing/signing-key.ts";
import { keyAttributes } from "#shared/store/keys.ts";
import { createNotary, type Failed } from "./app.ts";

const config = readConfig("notary", process.env);
const region = config.AWS_REGION;
const log = connectLog("notary");
const kms = { region, endpoint: config.AWS_ENDPOINT_URL_KMS };
const notary = createNotary({
  table: connectTable(
    { region, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
    Math.random,
  ),
  ledger: { objects: connectObjects({ region, endpoint: config.AWS_ENDPOINT_URL_S3 }), bucket: config.LEDGER_BUCKET },
  siteDomain: config.SITE_DOMAIN,
  mailDomain: config.MAIL_DOMAIN,
  platformKeys: {
    checkpoints: remembered(() => fetchPublicKey(kms, config.CHECKPOINT_KEY)),
    receipts: remembered(() => fetchPublicKey(kms, config.RECEIPT_KEY)),
  },
  makeKey: connectKeyMaker(kms),
  signerOf: rememberedSigners(),
  now: () => new Date(Date.now() + config.CLOCK_OFFSET_MS),
  random: randomBytes,
});

/** New items from the table's stream, or the scheduler's minute. */
export const handler = async (event: DynamoDBStreamEvent | Record<string, unknown>, context: Context) => {
  if (!isStream(event)) {
    const failed = await notary.scheduled(ScheduleEvent.parse(event).time, context.awsRequestId);
    report(failed);
    if (failed.length > 0)
      throw new Error(`${String(failed.length)} tasks failed: ${failed.map(({ name }) => name).join(", ")}`);
    return {};
  }
  const records = event.Records.map((record) => ({ record, key: keyOf(record) }));
  const failed = await notary.inserted(
    records.map(({ key }) => key),
    context.awsRequestId,
  );
  report(failed);
  const again = new Set(failed.flatMap(({ keys }) => keys.map(({ pk, sk }) => `${pk} ${sk}`)));
  const itemIdentifier = ({ record }: (typeof records)[number]) => record.dynamodb?.SequenceNumber ?? "";
  return {
    batchItemFailures: records
      .filter(({ key: { pk, sk } }) => again.has(`${pk} ${sk}`))
      .map((one) => ({ itemIdentifier: itemIdentifier(one) })),
  };
};

const isStream = (event: object): event is DynamoDBStreamEvent => "Records" in event && Array.isArray(event.Records);

function keyOf({ dynamodb }: DynamoDBRecord) {
  const { Keys = {} } = dynamodb ?? {};
  return { pk: Keys[keyAttributes.partition]?.S ?? "", sk: Keys[keyAttributes.sort]?.S ?? "" };
}

function report(failed: readonly Failed[]): void {
  for (const { name, error } of failed)
    log.error("A task failed and is tried again.", {
      task: name,
      error: error instanceof Error ? error : String(error),
    });
}

/** Asks once; after a failure, again. */
function remembered<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let known: Promise<Value> | undefined;
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

/** One client a key, as long as there are not too many. */
function rememberedSigners(): (key: MadeKey) => Promise<Signer> {
  const known = new Map<string, Promise<Signer>>();
  return ({ kmsKey, spki }) => {
    if (known.size >= 200) known.clear();
    const signer = known.get(kmsKey) ?? connectSigner({ ...kms, keyId: kmsKey, spki });
    known.set(kmsKey, signer);
    return signer;
  };
}
