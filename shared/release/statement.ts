/**
 * What a tenant signs of a release: an in-toto Statement v1 about the body, in a DSSE envelope, in a Sigstore bundle. This one
 * format is the truth about who published what; `cosign verify-blob-attestation --key candor.pub --bundle <bundle> --type
 * urn:candor:release:v1 --insecure-ignore-tlog <body>` holds signature and body against each other.
 */
import * as z from "zod";
import { canonicalJson } from "#shared/ledger/canonical-json.ts";
import { Malformed } from "#shared/signing/malformed.ts";
import { Digest, hexOf } from "./digest.ts";
import { type ReleaseFacts, ReleaseNote, ReleaseNumber } from "./release.ts";

/** Media type of an in-toto statement (in-toto attestation, spec/v1/envelope.md). */
export const statementType = "application/vnd.in-toto+json";
const releasePredicate = "urn:candor:release:v1";
const inTotoStatement = "https://in-toto.io/Statement/v1";

const Hex = z.string().regex(/^[0-9a-f]{64}$/);

const ReleaseStatement = z.strictObject({
  _type: z.literal(inTotoStatement),
  subject: z.tuple([z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: Hex }) })]),
  predicateType: z.literal(releasePredicate),
  predicate: z.strictObject({
    tenant: z.string().min(1),
    release: ReleaseNumber,
    at: z.iso.datetime(),
    previous: Digest.nullable(),
    note: ReleaseNote.optional(),
    restores: ReleaseNumber.optional(),
  }),
});
export type ReleaseStatement = z.infer<typeof ReleaseStatement>;

/** The bytes that are signed: canonical JSON (RFC 8785), so that they follow from the release and nothing else. */
export function releaseStatement(tenant: string, release: ReleaseFacts): Uint8Array {
  const { number, body, previous, at, note, restores } = release;
  const statement = {
    _type: inTotoStatement,
    subject: [{ name: `${tenant}/releases/${String(number)}`, digest: { sha256: hexOf(body) } }],
    predicateType: releasePredicate,
    predicate: {
      ...{ tenant, release: number, at, previous },
      ...(note === undefined ? {} : { note }),
      ...(restores === undefined ? {} : { restores }),
    },
  };
  return Buffer.from(canonicalJson(statement));
}

/** Undoes `releaseStatement`. @throws Malformed for what it would not have written */
export function readReleaseStatement(payload: Uint8Array): ReleaseStatement {
  const parsed = ReleaseStatement.safeParse(parse(payload));
  const statement = parsed.data;
  if (statement !== undefined) {
    const { tenant, release, ...rest } = statement.predicate;
    const body = `sha256:${statement.subject[0].digest.sha256}`;
    const written = releaseStatement(tenant, { number: release, body, ...rest });
    if (Buffer.compare(written, payload) === 0) return statement;
  }
  throw new Malformed("This is no statement about a release, or not in its one form.");
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
