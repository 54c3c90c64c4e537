/** What each door's environment is made of, from the names of the resources: CDK's tokens or the local host's. */
import type { DoorName } from "#infra/doors.ts";
import type { environments } from "#shared/config.ts";

export interface Resources {
  readonly table: string;
  readonly rawBucket: string;
  readonly sealedBucket: string;
  readonly ledgerBucket: string;
  readonly releasesBucket: string;
  readonly exportsBucket: string;
  readonly digestKey: string;
  /** ARNs: they are noted beside what they wrapped. */
  readonly sealingKey: string;
  readonly transitKey: string;
  /** ARNs: they are noted beside what they signed. */
  readonly checkpointKey: string;
  readonly receiptKey: string;
  /** Of the API's own secret. */
  readonly apiKey: string;
  readonly subscriberKey: string;
  readonly inboundQueueUrl: string;
  readonly outboxQueueUrl: string;
  readonly jobsQueueUrl: string;
  readonly configurationSet: string;
  readonly mailDomain: string;
  readonly siteDomain: string;
  /** `https://{tenant}.example.com`: where a tenant's pages are. */
  readonly siteUrl: string;
  readonly tenantRoleArn: string;
  /** The role by which `jobs` works for one tenant. */
  readonly jobsTenantRoleArn: string;
  /** As `DNS_SERVERS` has it. */
  readonly dnsServers: string;
  /** The role by which `publisher` does. */
  readonly publisherTenantRoleArn: string;
  readonly oidcIssuer: string;
  readonly oidcJwksUrl: string;
  readonly oidcAudience: string;
  /** What that provider calls the claim with somebody's groups. */
  readonly groupsClaim: string;
  /** Origins that an address of a tenant may lead to although they lie inside. */
  readonly outboundExceptions: string;
}

/** Variables that Lambda sets itself, or that only a host with endpoints of its own adds. */
type Given = "AWS_REGION" | "CLOCK_OFFSET_MS" | `AWS_ENDPOINT_URL_${string}`;
type Variables<Door extends DoorName> = {
  readonly [Name in Exclude<keyof (typeof environments)[Door]["shape"], Given>]: string;
};

const providerOf = (r: Resources) => ({
  OIDC_ISSUER: r.oidcIssuer,
  OIDC_JWKS_URL: r.oidcJwksUrl,
  OIDC_AUDIENCE: r.oidcAudience,
  OUTBOUND_EXCEPTIONS: r.outboundExceptions,
});

export const environmentOf: { readonly [Door in DoorName]: (resources: Resources) => Variables<Door> } = {
  "trust-site": (r) => ({
    TABLE_NAME: r.table,
    LEDGER_BUCKET: r.ledgerBucket,
    RELEASES_BUCKET: r.releasesBucket,
    MAIL_DOMAIN: r.mailDomain,
    SITE_DOMAIN: r.siteDomain,
  }),
  "inbound-mail": (r) => ({
    TABLE_NAME: r.table,
    MAIL_DOMAIN: r.mailDomain,
    RAW_BUCKET: r.rawBucket,
    SEALED_BUCKET: r.sealedBucket,
    SEALING_KEY: r.sealingKey,
    DIGEST_KEY: r.digestKey,
  }),
  "mail-sweep": (r) => ({ RAW_BUCKET: r.rawBucket, INBOUND_QUEUE_URL: r.inboundQueueUrl }),
  outbox: (r) => ({ TABLE_NAME: r.table, SEALING_KEY: r.sealingKey, CONFIGURATION_SET: r.configurationSet }),
  "outbox-sweep": (r) => ({ TABLE_NAME: r.table, OUTBOX_QUEUE_URL: r.outboxQueueUrl }),
  "mail-feedback": (r) => ({ TABLE_NAME: r.table }),
  notary: (r) => ({
    TABLE_NAME: r.table,
    LEDGER_BUCKET: r.ledgerBucket,
    CHECKPOINT_KEY: r.checkpointKey,
    RECEIPT_KEY: r.receiptKey,
    MAIL_DOMAIN: r.mailDomain,
    SITE_DOMAIN: r.siteDomain,
  }),
  jobs: (r) => ({
    TABLE_NAME: r.table,
    SEALED_BUCKET: r.sealedBucket,
    LEDGER_BUCKET: r.ledgerBucket,
    RELEASES_BUCKET: r.releasesBucket,
    EXPORTS_BUCKET: r.exportsBucket,
    SEALING_KEY: r.sealingKey,
    TRANSIT_KEY: r.transitKey,
    TENANT_ROLE_ARN: r.jobsTenantRoleArn,
    JOBS_QUEUE_URL: r.jobsQueueUrl,
  }),
  "host-check": (r) => ({ TABLE_NAME: r.table, DNS_SERVERS: r.dnsServers }),
  publisher: (r) => ({
    TABLE_NAME: r.table,
    RELEASES_BUCKET: r.releasesBucket,
    TENANT_ROLE_ARN: r.publisherTenantRoleArn,
  }),
  subscriptions: (r) => ({
    TABLE_NAME: r.table,
    MAIL_DOMAIN: r.mailDomain,
    SITE_DOMAIN: r.siteDomain,
    SITE_URL: r.siteUrl,
    SEALING_KEY: r.sealingKey,
    SUBSCRIBER_KEY: r.subscriberKey,
  }),
  news: (r) => ({
    TABLE_NAME: r.table,
    RELEASES_BUCKET: r.releasesBucket,
    MAIL_DOMAIN: r.mailDomain,
    SITE_URL: r.siteUrl,
    SUBSCRIBER_KEY: r.subscriberKey,
  }),
  "platform-api": (r) => ({
    TABLE_NAME: r.table,
    SITE_DOMAIN: r.siteDomain,
    ...providerOf(r),
    GROUPS_CLAIM: r.groupsClaim,
  }),
  "admin-api": (r) => ({
    TABLE_NAME: r.table,
    SEALED_BUCKET: r.sealedBucket,
    SITE_DOMAIN: r.siteDomain,
    LEDGER_BUCKET: r.ledgerBucket,
    EXPORTS_BUCKET: r.exportsBucket,
    RELEASES_BUCKET: r.releasesBucket,
    SEALING_KEY: r.sealingKey,
    TRANSIT_KEY: r.transitKey,
    API_KEY: r.apiKey,
    TENANT_ROLE_ARN: r.tenantRoleArn,
    ...providerOf(r),
  }),
};
