import { randomBytes } from "node:crypto";
import { createWriteStream, statSync, truncateSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { type BundleOptions, bundleDoors } from "#infra/bundle/bundle.ts";
import { plausibleEnvironment } from "#infra/bundle/plausible-environment.ts";
import { doorNames } from "#infra/doors.ts";
import { demoTenants } from "#infra/local/demo/tenants.ts";
import { startDoors } from "#infra/local/doors/door-runtime.ts";
import { localDoors, makeDoorKeys } from "#infra/local/doors/local-doors.ts";
import { startTriggers } from "#infra/local/feeds/triggers.ts";
import { type Front, startFront } from "#infra/local/front/front.ts";
import { sitesOf } from "#infra/local/front/sites.ts";
import { openCheckpoints } from "#infra/local/home/checkpoints.ts";
import { type Clock, startClock } from "#infra/local/home/clock.ts";
import { type Home, openHome } from "#infra/local/home/home.ts";
import type { Settings } from "#infra/local/home/settings.ts";
import { portFailure } from "#infra/local/listen.ts";
import { localApp } from "#infra/local/local-app.ts";
import { type Login, startLogin } from "#infra/local/login/login.ts";
import { openLoginKey } from "#infra/local/login/login-key.ts";
import { startPage } from "#infra/local/pages/start-page.ts";
import type { Progress } from "#infra/local/progress.ts";
import { type SeedContext, seedDemo } from "#infra/local/seed.ts";
import { mailboxApp } from "#infra/local/ses/mailbox-page.ts";
import { startSmtp } from "#infra/local/ses/smtp.ts";
import { type StandIns, startStandIns, tableName } from "#infra/local/stand-ins.ts";
import { bucketNames, topicArn } from "#infra/local/storage/fauxqs.ts";
import { hostClient, region } from "#infra/local/storage/host-client.ts";
import { openObjectWriter } from "#infra/local/storage/object-writer.ts";
import { verifiedRecipients } from "#infra/local/storage/verified-recipients.ts";
import { connectTable } from "#shared/aws/table.ts";

/** The whole one-machine system, up. */
export interface Host {
  /** The start page. */
  readonly url: string;
  /** Settles with a sentence when a part of it ended by itself. */
  readonly broken: Promise<string>;
  /** Stops taking work, finishes what runs for some seconds, ends everything. */
  close(): Promise<void>;
}

/** How long work under way is waited for. */
const graceMs = 5_000;

/** Starts everything over one home folder. Throws `StartFailure` with what to do; nothing runs then. */
export async function startHost(settings: Settings, progress: Progress, bundling: BundleOptions = {}): Promise<Host> {
  const clock = startClock(settings.clockOffsetMs);
  await using closing = new AsyncDisposableStack();
  const home = await openHome(settings.home, new Date());
  closing.defer(() => home.release());
  const front = await startFront({ port: settings.httpPort, clock });
  closing.defer(() => front.close(0));
  const onError = (error: unknown): void =>
    progress.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const doorKeys = makeDoorKeys(doorNames);
  const log = openLog(join(home.folder, "doors.log"));
  closing.defer(() => void log.end());

  const bundles = progress.step("bundles", bundleDoors(doorNames, { environment: plausibleEnvironment, ...bundling }));
  const signIn = progress.step("login", openLogin({ home, front, settings, clock, closing, log }));
  // Both are awaited below; an error of one while another step fails must not count as unhandled.
  void Promise.allSettled([bundles, signIn]);
  const standIns = await startStandIns({
    home,
    clock,
    progress,
    closing,
    onError,
    doorKeys,
    dynamodbEndpoint: settings.dynamodbEndpoint,
  });
  const login = await signIn;
  if (home.isNew && settings.seed === "demo")
    await progress.step("demo tenants", seedDemo(seedContext(standIns, login, clock.now())));

  const runtime = startDoors({
    doors: localDoors({
      artefacts: await bundles,
      doorKeys,
      standIns,
      issuer: login.issuer,
      jwksUrl: login.jwksUrl,
      clockOffsetMs: clock.offsetMs,
      httpPort: front.port,
    }),
    copies: settings.doorWorkers,
    log,
  });
  closing.defer(() => runtime.close(0));
  const checkpoints = openCheckpoints(home.files.checkpoints);
  closing.defer(() => checkpoints.close());
  let ending = false;
  const report = (sentence: string): void => {
    if (!ending) progress.say(sentence);
  };
  const triggers = startTriggers({ standIns, runtime, clock, checkpoints, report });
  closing.defer(() => triggers.close());
  const smtp = await listenForMail(settings, standIns, clock, onError);
  closing.defer(() => smtp.close());

  const facts = () => ({
    httpPort: front.port,
    smtpPort: smtp.port,
    home: home.folder,
    rules: triggers.scheduler.rules,
    tenants: settings.seed === "demo" ? demoTenants : [],
    clockOffsetMs: clock.offsetMs,
    now: clock.now(),
  });
  const local = localApp({
    scheduler: triggers.scheduler,
    login,
    notification: (id) => standIns.mailbox.notification(id),
    publish: (topic, message) => standIns.topics.publish(topic, message),
    startPage: () => startPage(facts()),
    now: () => clock.now(),
  });
  front.open(sitesOf({ local, mailbox: mailboxApp(standIns.mailbox), loginPort: login.port }), runtime);
  const url = `http://localhost:${String(front.port)}/`;
  await home.publish({
    url,
    pid: process.pid,
    ports: { http: front.port, smtp: smtp.port, login: login.port },
    issuer: login.issuer,
  });
  await home.markComplete();

  const held = closing.move();
  return {
    url,
    broken: firstToEnd(standIns, login),
    async close() {
      ending = true;
      // All stop taking work at once, so that the grace is shared.
      await Promise.allSettled([front.close(graceMs), smtp.close(), triggers.close(), runtime.close(graceMs)]);
      await held.disposeAsync();
    },
  };
}

interface LoginParts {
  readonly home: Home;
  readonly front: Front;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly closing: AsyncDisposableStack;
  readonly log: WriteStream;
}

async function openLogin({ home, front, settings, clock, closing, log }: LoginParts): Promise<Login> {
  const port = String(front.port);
  const key = await openLoginKey(home.files.loginKey, `http://login.localhost:${port}`, randomBytes);
  const redirectUris = ["console", "api"].map((name) => `http://${name}.localhost:${port}/signed-in`);
  const tenants = settings.seed === "demo" ? demoTenants.map(({ slug }) => slug) : [];
  const login = await startLogin({ key, clockOffsetMs: clock.offsetMs, tenants, redirectUris }, clock, log);
  closing.defer(() => login.stop());
  return login;
}

function seedContext(standIns: StandIns, login: Login, now: Date): SeedContext {
  const { endpoint } = standIns.dynamodb;
  return { region, endpoint, credentials: hostClient(endpoint).credentials, tableName, issuer: login.issuer, now };
}

async function listenForMail(settings: Settings, standIns: StandIns, clock: Clock, onError: (error: unknown) => void) {
  const { endpoint } = standIns.dynamodb;
  const { credentials } = hostClient(endpoint);
  const objects = openObjectWriter(standIns.fauxqs.endpoint, bucketNames.raw);
  try {
    return await startSmtp({
      port: settings.smtpPort,
      accepts: verifiedRecipients(connectTable({ region, endpoint, credentials, tableName }, Math.random)),
      store: (key, bytes) => objects.put(key, bytes),
      publish: (notification) => standIns.topics.publish("inbound", JSON.stringify(notification)),
      keep: (id, json) => standIns.mailbox.keepNotification(id, json),
      now: () => clock.now(),
      bucketName: bucketNames.raw,
      topicArn: topicArn("inbound"),
      region,
      onError,
    });
  } catch (error) {
    throw portFailure(error, settings.smtpPort, "CANDOR_SMTP_PORT") ?? error;
  }
}

/** What the doors print. A log that grew large is begun afresh at a start. */
function openLog(file: string): WriteStream {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 20 * 1024 * 1024) truncateSync(file);
  return createWriteStream(file, { flags: "a", mode: 0o600 });
}

function firstToEnd({ dynamodb, fauxqs }: StandIns, login: Login): Promise<string> {
  const parts = {
    "the local DynamoDB": dynamodb.ended,
    "the local S3, SNS and SQS": fauxqs.ended,
    "the local login": login.ended,
  };
  return Promise.race(
    Object.entries(parts).map(async ([name, ended]) => {
      const reason = await ended.then(
        () => "",
        (error: unknown) => (error instanceof Error ? ` (${error.message})` : ""),
      );
      return `${name} ended by itself${reason}. Start again; what was acknowledged is kept.`;
    }),
  );
}
