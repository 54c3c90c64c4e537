import { describe, expect, it } from "vitest";
import { automatic, LOOP_HEADER } from "#shared/mail/automatic.ts";
import { readMessage } from "#shared/mail/message.ts";
import { corpusNote, corpusRows, hasMailCorpus, report } from "./mail-corpus.ts";

interface Labelled {
  readonly id: string;
  readonly env_from: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly expect: { readonly ack: 0 | 1 };
}

const intake = "security@hearth.localhost";
const fill = (text: string) =>
  text.replaceAll("{{tenantA.intake}}", intake).replaceAll("{{our.loop_value}}", LOOP_HEADER);

function isAnswered({ env_from: envelopeFrom, headers, body }: Labelled): boolean {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const mail = readMessage(Buffer.from(fill([...lines, "", body].join("\r\n"))));
  const verdicts = { dmarc: "PASS", spam: "PASS", virus: "PASS" } as const;
  return automatic({ mail, envelopeFrom: fill(envelopeFrom), verdicts, ownAddresses: ["@hearth.localhost"] }).mayAnswer;
}

describe.skipIf(!hasMailCorpus)(`labelled automatic and human messages${corpusNote}`, () => {
  it("are answered exactly where the label says so", () => {
    const rows = corpusRows<Labelled>("auto/auto.jsonl");
    const wrong = rows.filter((row) => isAnswered(row) !== (row.expect.ack === 1)).map(({ id }) => id);
    report(`automatic mail: ${rows.length - wrong.length} of ${rows.length} labelled messages right`);
    expect(wrong).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
  });
});
