/**
 * The doors: one Lambda each, what wakes it, and how much it gets. CDK and the one-machine host both read this table,
 * so that what is wired on one is wired on the other. What a door may do stands in `rights.ts`.
 */

/** What wakes a door. */
export type Trigger =
  /**
   * Requests to a host: a tenant's own, or the API's; where several doors share it, one has the paths that it names and another the
   * rest. `streamed` answers pass Lambda's 6 MB limit.
   */
  | {
      readonly kind: "http";
      readonly host: "tenant" | "api";
      readonly answers: "buffered" | "streamed";
      readonly paths?: RequestPaths;
    }
  /** What is sent to a tenant's host: `POST` to exactly these paths. Everything else there is the door's that has the host. */
  | { readonly kind: "form"; readonly paths: readonly string[] }
  /** Messages of a queue, `batch` at a time; a message that fails `receives` times goes to the queue's dead letters. */
  | { readonly kind: "queue"; readonly queue: QueueName; readonly batch: number }
  /**
   * Items newly inserted under one of these partition prefixes (the table's stream carries keys only). `gatherSeconds`: how long
   * items are gathered before they wake the door.
   */
  | {
      readonly kind: "table-insert";
      readonly prefixes: readonly string[];
      readonly batch: number;
      readonly gatherSeconds?: number;
    }
  /** A rule of EventBridge Scheduler; the event carries the instant as `time`. */
  | { readonly kind: "schedule"; readonly rule: RuleName; readonly everyMinutes: number };

/** Which paths, as CloudFront writes them: `*` is any text, slashes too. What fits `except` is not among them, whatever `only` says. */
export interface RequestPaths {
  readonly only: readonly string[];
  readonly except: readonly string[];
}

export type QueueName = "inbound" | "outbox" | "feedback" | "jobs";
type RuleName = "mail-sweep" | "outbox-sweep" | "notary" | "jobs" | "host-check" | "publisher" | "news";

export interface Door {
  readonly about: string;
  readonly triggers: readonly Trigger[];
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
}

export const doors = {
  "trust-site": {
    about: "public pages of a tenant",
    triggers: [{ kind: "http", host: "tenant", answers: "buffered" }],
    memoryMb: 512,
    timeoutSeconds: 10,
  },
  "inbound-mail": {
    about: "seals a mail that SES stored into a report",
    triggers: [{ kind: "queue", queue: "inbound", batch: 5 }],
    memoryMb: 1024,
    timeoutSeconds: 120,
  },
  "mail-sweep": {
    about: "queues again every stored mail that has not become a record",
    triggers: [{ kind: "schedule", rule: "mail-sweep", everyMinutes: 5 }],
    memoryMb: 256,
    timeoutSeconds: 60,
  },
  outbox: {
    about: "sends what waits to be sent",
    triggers: [
      { kind: "table-insert", prefixes: ["OUTBOX#"], batch: 25 },
      { kind: "queue", queue: "outbox", batch: 10 },
    ],
    memoryMb: 512,
    timeoutSeconds: 60,
  },
  "outbox-sweep": {
    about: "finds what is due to be sent, or was claimed and never finished",
    triggers: [{ kind: "schedule", rule: "outbox-sweep", everyMinutes: 1 }],
    memoryMb: 256,
    timeoutSeconds: 60,
  },
  "mail-feedback": {
    about: "notes what SES says about a mail that was sent",
    triggers: [{ kind: "queue", queue: "feedback", batch: 10 }],
    memoryMb: 256,
    timeoutSeconds: 30,
  },
  notary: {
    about: "gives events their place in the logs, signs checkpoints and what tenants state",
    triggers: [
      // What comes within a second is one transaction, one set of tiles and one signature.
      {
        kind: "table-insert",
        prefixes: ["AUDIT#", "PENDING#", "SIGNING#", "ASKED#", "RELEASE#"],
        batch: 100,
        gatherSeconds: 1,
      },
      { kind: "schedule", rule: "notary", everyMinutes: 1 },
    ],
    memoryMb: 512,
    timeoutSeconds: 60,
  },
  jobs: {
    about:
      "what takes longer than a request, for one tenant at a time: moves what is sealed to another key, rotates keys by period",
    triggers: [
      // One at a time: a job may take all the time that a run has.
      { kind: "table-insert", prefixes: ["JOB#"], batch: 1 },
      { kind: "queue", queue: "jobs", batch: 1 },
      { kind: "schedule", rule: "jobs", everyMinutes: 1 },
    ],
    memoryMb: 1024,
    timeoutSeconds: 180,
  },
  "host-check": {
    about: "looks whether tenants' own hosts are still proven to be theirs",
    triggers: [{ kind: "schedule", rule: "host-check", everyMinutes: 1 }],
    memoryMb: 256,
    timeoutSeconds: 60,
  },
  publisher: {
    about: "freezes drafts into releases, at once or at their time",
    triggers: [
      { kind: "table-insert", prefixes: ["PUBLICATION#"], batch: 10 },
      { kind: "schedule", rule: "publisher", everyMinutes: 1 },
    ],
    memoryMb: 1024,
    timeoutSeconds: 60,
  },
  subscriptions: {
    about: "takes in who wants to be told of releases",
    triggers: [{ kind: "form", paths: ["/subscribe", "/subscribe/confirm", "/subscribe/unsubscribe"] }],
    memoryMb: 512,
    timeoutSeconds: 20,
  },
  news: {
    about: "tells subscribers of releases",
    triggers: [{ kind: "schedule", rule: "news", everyMinutes: 1 }],
    memoryMb: 512,
    timeoutSeconds: 60,
  },
  "platform-api": {
    about: "the operator's API: tenants, and nothing that is in them",
    triggers: [
      {
        kind: "http",
        host: "api",
        answers: "buffered",
        paths: { only: ["/v1/tenants", "/v1/tenants/*", "/platform/*"], except: ["/v1/tenants/*/*"] },
      },
    ],
    memoryMb: 512,
    timeoutSeconds: 30,
  },
  "admin-api": {
    about: "a tenant's API: reads its reports",
    triggers: [{ kind: "http", host: "api", answers: "streamed" }],
    memoryMb: 1024,
    timeoutSeconds: 120,
  },
} as const satisfies Record<string, Door>;

export type DoorName = keyof typeof doors;
export const doorNames = Object.keys(doors) as DoorName[];

/** Queues with their dead letters. `receives`: attempts before a message is set aside, raw input kept, alarm raised. */
export const queues = {
  inbound: { receives: 5, visibilitySeconds: 720, retentionDays: 14 },
  outbox: { receives: 5, visibilitySeconds: 360, retentionDays: 4 },
  feedback: { receives: 5, visibilitySeconds: 180, retentionDays: 14 },
  jobs: { receives: 5, visibilitySeconds: 1080, retentionDays: 4 },
} as const satisfies Record<QueueName, { receives: number; visibilitySeconds: number; retentionDays: number }>;
