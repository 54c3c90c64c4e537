/**
 * Every item in the table: where it lives, and who looks it up there. Nobody else joins key parts.
 *
 * A partition says whose data it is and who may reach it: `infra/rights.ts` grants by these prefixes. Each part that comes
 * from outside is escaped and closed by `#`, so a pattern that ends in `#*` can't match another tenant whose slug begins alike.
 */
import type { TenantId } from "#shared/tenant/tenant.ts";

/** The attributes that hold keys: of the table, and of its two sparse indexes. */
export const keyAttributes = {
  partition: "pk",
  sort: "sk",
  /** Index `inbox`: reports of one tenant by time of arrival. */
  inboxPartition: "inboxKey",
  inboxSort: "inboxAt",
  /** Index `due`: what waits for a moment, and nothing else. An item leaves it when nothing is due any more. */
  duePartition: "dueKey",
  dueSort: "dueAt",
  /** Seconds since the epoch; DynamoDB's time to live. */
  expiry: "expiresAt",
} as const;

/** The log of the deployment, or a tenant's audit log. No tenant's name has a tilde. */
export type LogName = TenantId | typeof publicLogName;
export const publicLogName = "~public";

/** Whose keys sign: a tenant, or the deployment. */
export type KeyOwner = TenantId | typeof platform;
export const platform = "~platform";

export const indexes = { inbox: "inbox", due: "due" } as const;

/** Makes one part of a key: percent-encoding leaves no `#`, and is undone by `decodeURIComponent`. */
export function keyPart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

export const partitions = {
  /** The tenant's profile: name, addresses, promises. Read by every door that speaks for the tenant. */
  tenant: (tenant: TenantId) => `TENANT#${tenant}#`,
  /** Who may act for the tenant, by issuer and subject. Read by `admin-api`. */
  members: (tenant: TenantId) => `MEMBER#${tenant}#`,
  /** OpenID providers that the tenant brought. Read by `admin-api` before it knows who asks. */
  issuers: (tenant: TenantId) => `ISSUER#${tenant}#`,
  /** The tenant's machine tokens, and their secrets by SHA-256. Read by `admin-api` before it knows who asks. */
  tokens: (tenant: TenantId) => `TOKEN#${tenant}#`,
  /** Whose tokens are exchanged for the tenant's own. Read by `admin-api` before it knows who asks. */
  trustRules: (tenant: TenantId) => `TRUST#${tenant}#`,
  /** Tokens of an issuer that were exchanged, by the issuer's SHA-256: each once in the whole deployment. */
  exchanged: (issuerDigest: string) => `EXCHANGED#${keyPart(issuerDigest)}#`,
  /** A mail address or domain outside the mail domain, to its tenant. Read by `inbound-mail`. */
  address: (address: string) => `ADDRESS#${keyPart(address.toLowerCase())}#`,
  /** The tenant's sealing keys by purpose: public half in clear, private half under KMS. */
  sealing: (tenant: TenantId) => `SEALING#${tenant}#`,
  /** The tenant's named keys: which KMS key is which version. Read by `admin-api`. */
  namedKeys: (tenant: TenantId) => `KEY#${tenant}#`,
  /** What stands under which version of a key, as a job last counted it. Read by `admin-api`. */
  keyUsage: (tenant: TenantId) => `USAGE#${tenant}#`,
  /** One report: its metadata, conversations and messages. Read by `admin-api` alone. */
  report: (tenant: TenantId, report: string) => `REPORT#${tenant}#${keyPart(report)}#`,
  /** The clocks of the tenant's reports; no content. */
  clocks: (tenant: TenantId) => `CLOCKS#${tenant}#`,
  /** Audit events. One that waits for its place in the tenant's log is in the due index. */
  audit: (tenant: TenantId) => `AUDIT#${tenant}#`,
  /** How often whom the tenant's API refused in an hour. Written by the doors that refuse. */
  refusals: (tenant: TenantId) => `REFUSED#${tenant}#`,
  /** What was erased, by report and conversation: a restore replays it. Written by `jobs`. */
  erasures: (tenant: TenantId) => `ERASURE#${tenant}#`,
  /** What other systems must be told: sealed for the purpose `outbox`. Its insertion wakes the `outbox` door. */
  outbox: (tenant: TenantId) => `OUTBOX#${tenant}#`,
  /** What SES said about a mail we sent, by the id that SES gave it. */
  sent: (sesId: string) => `SENT#${keyPart(sesId)}#`,
  /** Which stored inbound objects have become records: one item for each tenant that the mail was for. */
  received: (sesId: string) => `RECEIVED#${keyPart(sesId)}#`,
  /** Keyed digests by which duplicates and resends are recognised. */
  seen: (tenant: TenantId) => `SEEN#${tenant}#`,
  /** How many acknowledgements a sender got on a day, under a keyed digest of the address. */
  senders: (tenant: TenantId) => `SENDER#${tenant}#`,
  /** A reply address, by the SHA-256 of its token, to the conversation it belongs to. */
  reply: (tokenDigest: string) => `REPLY#${keyPart(tokenDigest)}#`,
  /** Mail that waits for a person: spam, virus, unreadable. */
  quarantine: (tenant: TenantId) => `QUARANTINE#${tenant}#`,
  /** Mail for a recipient that is no tenant's, by day of arrival. */
  unrouted: (day: string) => `UNROUTED#${keyPart(day)}#`,
  /**
   * What the public log is told of, like audit events: it stays, and waits in the due index until it has its place. A partition for
   * each whom it is about, so that a tenant's role can tell the log of nobody else.
   */
  pending: (owner: KeyOwner) => `PENDING#${owner}#`,
  /** A log's head: how far it is, and its newest checkpoint. */
  log: (log: LogName) => `LOG#${log}#`,
  /** Where in a log a leaf is, by its hash. */
  leaves: (log: LogName) => `LEAF#${log}#`,
  /** The entries of a log, as they were appended; a partition for each entry bundle of 256. */
  entries: (log: LogName, bundle: number) => `ENTRIES#${log}#${String(bundle)}#`,
  /** Keys that sign, by KMS key and public half, with their OpenPGP certificates, and when to look after them. For `notary`. */
  signing: (owner: KeyOwner) => `SIGNING#${owner}#`,
  /** What owners ask of the keys that sign for their tenant. Its insertion wakes `notary`, which takes it away once it is done. */
  asked: (tenant: TenantId) => `ASKED#${tenant}#`,
  /**
   * Requests that were sent under an `Idempotency-Key`, by what is derived from it, for a day: how far each came, and its sealed
   * answer. Of a tenant's API or the operator's.
   */
  idempotency: (owner: KeyOwner) => `IDEMPOTENCY#${owner}#`,
  /** What a tenant's host shows as it stands here: key sets, security.txt, which release it shows and which there were. */
  published: (tenant: TenantId) => `PUBLIC#${tenant}#`,
  /** The tenant's jobs: what they are about and how far they are; no content. Its insertion wakes the `jobs` door. */
  jobs: (tenant: TenantId) => `JOB#${tenant}#`,
  /** Requests to publish, to restore and to withdraw, with what came of each. Their insertion wakes `publisher`. */
  publications: (tenant: TenantId) => `PUBLICATION#${tenant}#`,
  /** The tenant's releases and withdrawals from when they are made: `publisher` writes them, and wakes `notary` by it. */
  releases: (tenant: TenantId) => `RELEASE#${tenant}#`,
  /** What a tenant is writing: the items of its posture by kind, and how many there are. Changed by `admin-api`. */
  draft: (tenant: TenantId) => `DRAFT#${tenant}#`,
  /** What each of those items was, a bounded number of states of it. */
  revisions: (tenant: TenantId) => `REVISION#${tenant}#`,
  /** A host of a tenant's own, to its tenant. Written by `host-check` once the host is proven; read by `trust-site`. */
  host: (host: string) => `HOST#${keyPart(host)}#`,
  /** The tenant's claims to hosts: how each is proven, how it stands, when to look again. */
  hosts: (tenant: TenantId) => `HOSTS#${tenant}#`,
  /** Visitors who are told of releases, by a keyed digest of their address, which is sealed. For `subscriptions`. */
  subscribers: (tenant: TenantId) => `SUBSCRIBER#${tenant}#`,
  /** When a tenant's subscribers are to be told, and how far that is. `notary` says when, `news` tells. */
  news: (tenant: TenantId) => `NEWS#${tenant}#`,
  /** Every tenant that was ever created, by slug. Nothing leaves it: what is in it is not given out again. For `platform-api`. */
  directory: () => "DIRECTORY#~tenants#",
  /**
   * Operators of the service, by issuer and subject, to the names that audit logs call them by; and the secret of their API. For
   * `platform-api`.
   */
  operators: () => `OPERATOR#${platform}#`,
} as const;

/** Sort keys: what the item is. Called without an argument they are the prefix to list by. */
export const sorts = {
  profile: () => "PROFILE",
  member: (issuer: string, subject: string) => `${keyPart(issuer)}#${keyPart(subject)}`,
  issuer: (issuer: string) => keyPart(issuer),
  /** No digest in hex begins like it. */
  token: (id = "") => `ID#${id}`,
  tokenSecret: (digest: string) => digest,
  trustRule: (id: string) => keyPart(id),
  exchangedToken: (digest: string) => digest,
  addressee: () => "TENANT",
  sealingKey: (purpose: string) => keyPart(purpose),
  namedKey: (name: string) => keyPart(name),
  keyUsage: (name: string) => keyPart(name),
  report: () => "REPORT",
  conversation: (id = "") => `CONVERSATION#${id}`,
  /** Messages of a report sort by arrival. */
  message: (at = "", id = "") => (at === "" ? "MESSAGE#" : `MESSAGE#${at}#${id}`),
  clocks: (report: string) => keyPart(report),
  auditEvent: (at: string, id: string) => `${at}#${id}`,
  refusals: (hour: string, actor: string) => `${hour}#${keyPart(actor)}`,
  erasure: (report: string, conversation = "") => `${keyPart(report)}#${conversation}`,
  outboxItem: (id: string) => keyPart(id),
  sentItem: () => "OUTBOX",
  receivedBy: (tenant: TenantId | "unrouted") => (tenant === "unrouted" ? "~unrouted" : tenant),
  seen: (digest: string) => keyPart(digest),
  senderDay: (digest: string, day: string) => `${keyPart(digest)}#${day}`,
  replyTarget: () => "CONVERSATION",
  quarantined: (at: string, id: string) => `${at}#${id}`,
  pending: (leafHash: string) => leafHash,
  logHead: () => "HEAD",
  leaf: (hash: string) => hash,
  /** As wide as the largest index, so that the order of names is the order of the log. */
  entries: (first: number) => String(first).padStart(16, "0"),
  signingKey: (name: string) => `KEY#${keyPart(name)}`,
  certificate: (keyVersion: number) => `CERTIFICATE#${String(keyVersion)}`,
  renewal: () => "RENEWAL",
  askedRotation: () => "ROTATION",
  idempotentRequest: (id: string) => id,
  publishedBody: (name: string) => keyPart(name),
  job: (id: string) => keyPart(id),
  publication: (id: string) => keyPart(id),
  releaseHead: () => "HEAD",
  /** As wide as the largest number, so that the order of names is the order of releases. */
  release: (number?: number) => (number === undefined ? "RELEASE#" : `RELEASE#${wide(number)}`),
  withdrawal: (release?: number) => (release === undefined ? "WITHDRAWAL#" : `WITHDRAWAL#${wide(release)}`),
  releasePointer: () => "SHOWN",
  draftItem: (kind: string, id = "") => `${kind}#${keyPart(id)}`,
  /** Sorts after every kind, which are words of small letters. */
  draftState: () => "~STATE",
  /** As wide as any number of revisions, so that their order is that of time. Without a number: all of the item's. */
  revision: (kind: string, id: string, revision?: number) =>
    `${kind}#${keyPart(id)}#${revision === undefined ? "" : String(revision).padStart(8, "0")}`,
  subscriber: (id = "") => `ID#${id}`,
  subscriberAsks: (hour: string) => `ASKS#${hour}`,
  news: () => "NEWS",
  hostHolder: () => "TENANT",
  hostClaim: (host: string) => keyPart(host),
  directoryEntry: (slug: string) => slug,
  operator: (issuer: string, subject: string) => `${keyPart(issuer)}#${keyPart(subject)}`,
  /** No issuer begins so. */
  operatorSecret: () => "~SECRET",
} as const;

const wide = (number: number): string => String(number).padStart(8, "0");

/** Index `inbox`: one partition a tenant. */
export const inboxPartition = (tenant: TenantId): string => `INBOX#${tenant}#`;

/** How many partitions of the due index each kind of work is spread over. */
export const dueShards = 8;

/** Index `due`: work of one kind, spread over shards; the sort key is the moment, so that a range query reads what is due and nothing more. */
export const duePartition = (
  kind:
    | "outbox"
    | "clock"
    | "quarantine"
    | "rotation"
    | "ledger"
    | "renewal"
    | "job"
    | "host"
    | "closing"
    | "publication"
    | "release"
    | "shelter"
    | "news",
  shard: number,
): string => `DUE#${kind}#${String(shard)}#`;
