/**
 * What a tenant signs of a release: an in-toto Statement v1 about the body, in a DSSE envelope, in a Sigstore bundle. This one
 * format is the truth about who published what; `cosign verify-blob-attestation --key candor.pub --bundle <bundle> --type
 * urn:candor:release:v1 --insecure-ignore-tlog <body>` holds signature and body against each other.
 */
import { canonicalJson } from "#shared/ledger/canonical-json.ts";
import { hexOf } from "./digest.ts";
import type { ReleaseFacts } from "./release.ts";

/** Media type of an in-toto statement (in-toto attestation, spec/v1/envelope.md). */
export const statementType = "application/vnd.in-toto+json";
const releasePredicate = "urn:candor:release:v1";
const inTotoStatement = "https://in-toto.io/Statement/v1";

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
