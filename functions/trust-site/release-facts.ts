import type { PublicRelease } from "#shared/release/public-release.ts";

/** What a release is, and where its files are. */
export function releaseFacts({ bundle: _bundle, proof: _proof, ...facts }: PublicRelease) {
  const at = `/releases/${String(facts.release)}`;
  const body = facts.withdrawn ? {} : { body: `${at}/body.json` };
  const files = { ...body, signature: `${at}/body.sigstore.json`, proof: `${at}/body.tlog-proof` };
  return { ...facts, files };
}
