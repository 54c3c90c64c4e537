import { randomBytes } from "node:crypto";
import { itemDoorHandler } from "#shared/aws/item-door.ts";
import { connectLog } from "#shared/aws/log.ts";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectSigner } from "#shared/aws/signer.ts";
import { connectKeyMaker, fetchPublicKey } from "#shared/aws/signing-key-maker.ts";
import { connectTable } from "#shared/aws/table.ts";
import { readConfig } from "#shared/config.ts";
import type { Signer } from "#shared/signing/signer.ts";
import type { MadeKey } from "#shared/signing/signing-key.ts";
import { createNotary } from "./app.ts";

const config = readConfig("notary", process.env);
const region = config.AWS_REGION;
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

export const handler = itemDoorHandler(notary, connectLog("notary"));

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
