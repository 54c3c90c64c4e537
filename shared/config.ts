/**
 * The environment of each door, as a schema. A door parses its own once, at module load; what is missing stops it with a
 * sentence. Endpoints are set where the cloud's own are not meant; nothing else tells a door where it runs.
 */
import * as z from "zod";

const endpoint = z.url().optional();

const region = { AWS_REGION: z.string().min(1) };
/** Milliseconds added to the clock. */
const clock = { CLOCK_OFFSET_MS: z.coerce.number().int().default(0) };
const table = { TABLE_NAME: z.string().min(3), AWS_ENDPOINT_URL_DYNAMODB: endpoint };
const objects = { AWS_ENDPOINT_URL_S3: endpoint };
const keys = { AWS_ENDPOINT_URL_KMS: endpoint };
const queue = { AWS_ENDPOINT_URL_SQS: endpoint };
/** Tenants' mail lives at `<tenant>.<MAIL_DOMAIN>`. */
const mailDomain = { MAIL_DOMAIN: z.string().min(1).toLowerCase() };
/** Hosts of tenants are `<tenant>.<SITE_DOMAIN>`, port left out. */
const siteDomain = { SITE_DOMAIN: z.string().min(1).toLowerCase() };
/** Where the pages of a tenant are, for links in mails: `https://{tenant}.example.com`. */
const siteUrl = { SITE_URL: z.string().regex(/^https?:\/\/\{tenant\}\.[a-z0-9.-]+(?::\d+)?$/) };
const ledger = { LEDGER_BUCKET: z.string().min(3) };
/**
 * Where names are looked up: addresses with or without a port, by commas; `system` for the machine's own servers; `none` where
 * nothing can be.
 */
const DnsServers = z.union([
  z.enum(["system", "none"]),
  z
    .string()
    .regex(/^[0-9a-f.:[\],]+$/i, "write addresses, system or none")
    .transform((list) => list.split(",")),
]);
export type DnsServers = z.infer<typeof DnsServers>;
/** Parts of exports, which expire. */
const exported = { EXPORTS_BUCKET: z.string().min(3) };
const releases = { RELEASES_BUCKET: z.string().min(3) };
/** Noted beside what the key signed or wrapped, so an alias, which could come to mean another key, is not taken. */
const keyArn = z.string().startsWith("arn:");
/** The OpenID provider of the service, and how what providers publish is read. */
const provider = {
  /** Who issues the access tokens that count; compared exactly with `iss`. */
  OIDC_ISSUER: z.url(),
  /** Where that issuer's keys are fetched, apart from its name. */
  OIDC_JWKS_URL: z.url(),
  OIDC_AUDIENCE: z.string().min(1),
  /**
   * Origins that documents of issuers are fetched from although they are no public https addresses, separated by spaces. Empty
   * in the cloud.
   */
  OUTBOUND_EXCEPTIONS: z
    .string()
    .default("")
    .transform((text) => text.split(" ").filter((origin) => origin !== "")),
};

export const environments = {
  "trust-site": z.object({
    ...region,
    ...clock,
    ...table,
    ...objects,
    ...mailDomain,
    ...siteDomain,
    ...ledger,
    ...releases,
  }),
  "inbound-mail": z.object({
    ...region,
    ...clock,
    ...table,
    ...objects,
    ...keys,
    ...mailDomain,
    RAW_BUCKET: z.string().min(3),
    SEALED_BUCKET: z.string().min(3),
    SEALING_KEY: keyArn,
    DIGEST_KEY: z.string().min(1),
  }),
  "mail-sweep": z.object({
    ...region,
    ...objects,
    ...queue,
    RAW_BUCKET: z.string().min(3),
    INBOUND_QUEUE_URL: z.url(),
  }),
  outbox: z.object({
    ...region,
    ...clock,
    ...table,
    ...keys,
    SEALING_KEY: keyArn,
    AWS_ENDPOINT_URL_SES: endpoint,
    CONFIGURATION_SET: z.string().min(1),
  }),
  "outbox-sweep": z.object({ ...region, ...table, ...queue, OUTBOX_QUEUE_URL: z.url() }),
  "mail-feedback": z.object({ ...region, ...clock, ...table }),
  notary: z.object({
    ...region,
    ...clock,
    ...table,
    ...objects,
    ...keys,
    ...mailDomain,
    ...siteDomain,
    ...ledger,
    CHECKPOINT_KEY: keyArn,
    RECEIPT_KEY: keyArn,
  }),
  jobs: z.object({
    ...region,
    ...clock,
    ...table,
    ...keys,
    ...queue,
    ...objects,
    ...ledger,
    ...releases,
    ...exported,
    SEALED_BUCKET: z.string().min(3),
    AWS_ENDPOINT_URL_STS: endpoint,
    SEALING_KEY: keyArn,
    TRANSIT_KEY: keyArn,
    TENANT_ROLE_ARN: z.string().min(20),
    JOBS_QUEUE_URL: z.url(),
  }),
  "host-check": z.object({ ...region, ...table, DNS_SERVERS: DnsServers }),
  publisher: z.object({
    ...region,
    ...clock,
    ...table,
    ...objects,
    ...releases,
    AWS_ENDPOINT_URL_STS: endpoint,
    TENANT_ROLE_ARN: z.string().min(20),
  }),
  subscriptions: z.object({
    ...region,
    ...clock,
    ...table,
    ...keys,
    ...mailDomain,
    ...siteDomain,
    ...siteUrl,
    SEALING_KEY: z.string().min(1),
    SUBSCRIBER_KEY: z.string().min(1),
  }),
  news: z.object({
    ...region,
    ...clock,
    ...table,
    ...objects,
    ...keys,
    ...mailDomain,
    ...siteUrl,
    RELEASES_BUCKET: z.string().min(3),
    SUBSCRIBER_KEY: z.string().min(1),
  }),
  "platform-api": z.object({
    ...region,
    ...clock,
    ...table,
    ...siteDomain,
    ...provider,
    /** The claim of an access token that lists the groups of whoever has it. */
    GROUPS_CLAIM: z.string().min(1),
  }),
  "admin-api": z.object({
    ...region,
    ...clock,
    ...table,
    ...objects,
    ...keys,
    ...exported,
    ...siteDomain,
    ...ledger,
    ...releases,
    AWS_ENDPOINT_URL_STS: endpoint,
    SEALED_BUCKET: z.string().min(3),
    SEALING_KEY: keyArn,
    TRANSIT_KEY: keyArn,
    API_KEY: z.string().min(1),
    TENANT_ROLE_ARN: z.string().min(20),
    ...provider,
  }),
} as const;

export type Environment<Door extends keyof typeof environments> = z.infer<(typeof environments)[Door]>;

/** Parses a door's environment. Throws an error that names each variable that is missing or wrong, without its value. */
export function readConfig<Door extends keyof typeof environments>(
  door: Door,
  environment: Readonly<Record<string, string | undefined>>,
): Environment<Door> {
  const parsed = environments[door].safeParse(environment);
  if (parsed.success) return parsed.data as Environment<Door>;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw new Error(`The environment of ${door} is incomplete. Set these variables and start again: ${faults}`);
}
