/** What taking in one mail is made of, each step to be run alone through the clients and gates that the doors use. */
import { randomBytes } from "node:crypto";
import { messageSealer } from "#functions/inbound-mail/sealed-message.ts";
import { bucketNames } from "#infra/local/storage/fauxqs.ts";
import { openObjectWriter } from "#infra/local/storage/object-writer.ts";
import { openTopicPublisher } from "#infra/local/storage/topic-publisher.ts";
import { scopeOfWork } from "#shared/access/scope.ts";
import { connectMailer } from "#shared/aws/mailer.ts";
import { connectTable } from "#shared/aws/table.ts";
import { readConfig } from "#shared/config.ts";
import { readMessage } from "#shared/mail/message.ts";
import { contentLabel, rawLabel } from "#shared/report/message.ts";
import { open, seal } from "#shared/sealing/seal.ts";
import { newPrefix } from "#shared/sealing/sealed-object.ts";
import { newSealingKey } from "#shared/sealing/sealing-key.ts";
import { encryptBytes } from "#shared/sealing/stream.ts";
import { markSent, type OutboxItem, readOutboxItem } from "#shared/store/outbox.ts";
import { claimItem } from "#test/stage/claimed-item.ts";
import { credentialsIn, inboundPorts, type Sample, sampleMaker } from "./intake-samples.ts";
import type { StandInsChild } from "./stand-ins-child.ts";

export interface Part {
  readonly name: string;
  /** Whether it is one of the physical parts that the goal names. */
  readonly physical: boolean;
  run(sample: Sample): unknown;
}

export interface IntakeParts {
  /** In the order of a mail's way: what one leaves behind is what the next needs. */
  readonly parts: readonly Part[];
  /** Takes in n mails up to the writes, which are kept back. */
  prepare(n: number): Promise<readonly Sample[]>;
  close(): void;
}

/** What content and acknowledgement of a 4 kB mail come to, in bytes. */
const typical = { content: 4_600, acknowledgement: 1_600, outgoing: 2_000 } as const;
const bound = { tenant: "hearth", purpose: "conversation", object: "bench" } as const;

export async function intakeParts(standIns: StandInsChild): Promise<IntakeParts> {
  const ports = inboundPorts(standIns.environmentOf("inbound-mail"));
  const { table, objects, wrapper } = ports;
  const incoming = openObjectWriter(standIns.fauxqs, bucketNames.raw);
  const topics = openTopicPublisher(standIns.fauxqs);
  const key = await newSealingKey();
  const small = await seal(key, randomBytes(typical.outgoing), bound);
  const sampleOf = sampleMaker(ports);
  let made = 0;
  return {
    parts: [
      { name: "raw put", physical: true, run: ({ objectKey, mail }) => incoming.put(objectKey, mail.raw) },
      { name: "publish", physical: false, run: ({ notice }) => topics.publish("inbound", notice) },
      { name: "raw get", physical: false, run: ({ objectKey }) => objects.read(bucketNames.raw, objectKey) },
      { name: "parse", physical: true, run: ({ mail }) => void readMessage(mail.raw) },
      { name: "lookup", physical: false, run: ({ lookup }) => table.getMany(lookup) },
      { name: "KMS call", physical: true, run: () => wrapper.wrap(key.privateKey, bound, wrapper.platformKey) },
      { name: "seal", physical: true, run: ({ mail }) => sealAll(mail.raw) },
      {
        name: "sealed put",
        physical: true,
        run: ({ sealedKey, sealed }) => objects.write(bucketNames.sealed, sealedKey, [sealed]),
      },
      { name: "transaction", physical: true, run: ({ writes }) => table.transact(writes) },
      { name: "delete", physical: false, run: ({ objectKey }) => objects.remove(bucketNames.raw, objectKey) },
      { name: "open", physical: false, run: () => open(key, small, bound) },
      ...outboxParts(standIns.environmentOf("outbox")),
    ],
    async prepare(n) {
      const samples: Sample[] = [];
      for (let i = 0; i < n; i++) samples.push(await sampleOf(`part${String(made++)}`));
      return samples;
    },
    close() {
      incoming.close();
      topics.close();
    },
  };
}

/** What the door does with keys for one mail: a pair, two HPKE seals, three bodies. */
async function sealAll(raw: Uint8Array): Promise<void> {
  const own = await newSealingKey();
  const sealer = await messageSealer(own, bound);
  encryptBytes(sealer.key(contentLabel("in")), bound, Buffer.alloc(typical.content), newPrefix());
  encryptBytes(sealer.key(rawLabel("in")), bound, raw, newPrefix());
  encryptBytes(sealer.key(contentLabel("out")), bound, Buffer.alloc(typical.acknowledgement), newPrefix());
  await seal(own, Buffer.alloc(typical.outgoing), bound);
}

function outboxParts(environment: Readonly<Record<string, string>>): Part[] {
  const config = readConfig("outbox", environment);
  const common = { region: config.AWS_REGION, credentials: credentialsIn(environment) };
  const table = connectTable(
    { ...common, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
    Math.random,
  );
  const mailer = connectMailer({ ...common, endpoint: config.AWS_ENDPOINT_URL_SES, configurationSet: "candor" });
  const scope = scopeOfWork(table, "hearth");
  const items = new Map<string, OutboxItem>();
  return [
    {
      name: "outbox claim",
      physical: false,
      async run({ outboxItem }) {
        const item = await readOutboxItem(scope, outboxItem);
        if (!item || !(await claimItem(scope, item, new Date()))) throw new Error(`${outboxItem} can't be claimed.`);
        items.set(outboxItem, item);
      },
    },
    {
      name: "SES",
      physical: false,
      run: ({ mail: { from, to, raw } }) =>
        mailer.send({ from: to, to: [from], raw: raw.subarray(0, typical.outgoing), tags: {} }),
    },
    {
      name: "note",
      physical: false,
      async run({ outboxItem }) {
        const item = items.get(outboxItem);
        if (item) await scope.table.transact(markSent(scope, item, `bench-${outboxItem}`, new Date()));
      },
    },
  ];
}
