/** What the archive of a tenant says of itself: the first file of its first part. */
export const readMe = `# All data of a tenant of Candor

Each part is a tar archive, encrypted to the age recipient that was given. Open a part with the identity that belongs to it:

    age --decrypt --identity key.txt part-1.tar.age | tar --extract

All parts together are the archive; none of them repeats a file of another. JSON is UTF-8; times are RFC 3339 in UTC; bytes are base64.

| file | what |
| --- | --- |
| tenant/settings.json | name, addresses, languages, promises |
| tenant/members.json | who may act, by issuer and subject, with the opaque name that audit events use |
| tenant/tokens.json, issuers.json, trust-rules.json | machine tokens without their secrets, OpenID providers, rules of exchange |
| tenant/hosts.json | hosts of the tenant's own |
| tenant/keys.json | named keys: versions, KMS keys, public halves. No KMS key leaves KMS; ciphertext under one is opened by it alone |
| tenant/draft.json, revisions.json | the posture as it is being written, and what its items were before |
| releases/releases.json | releases and withdrawals |
| releases/sha256-<hex>.json | the body of a release, byte for byte what its digest is of |
| reports/<id>/report.json | a report's metadata and clocks |
| reports/<id>/messages/<id>.json | a message opened: sender, text, list of attachments with name, type, SHA-256 and number |
| reports/<id>/messages/<id>.eml | the mail as it came |
| reports/<id>/attachments/<n> | an attachment, decoded |
| quarantine/<id>.json, <id>.eml | mail that waits for a person, and why. Any of it may be dangerous |
| audit/<from>-<to>.jsonl | the audit log with the salt of each entry and a signed checkpoint: \`candor-verify <file> --key <log key>\` checks it offline |

What is not in it: secrets of machine tokens (only their digests are kept), private keys, and what has been erased.
`;
