import { acknowledgementFaults } from "./acknowledgement-check.ts";
import { marker } from "./composed-mail.ts";
import { type Kind, kinds, type PlannedMail, tenants } from "./planned-mail.ts";
import { type Inbox, type Mail, type OpenedReport, openInbox, sentMails } from "./public-surfaces.ts";
import { messageFaults } from "./record-check.ts";
import type { RunningSystem } from "./running-system.ts";
import type { SentCopy } from "./sending.ts";
import { filesHolding, objectFiles, readStoredRecordsWithHostAccess, type StoredRecords } from "./stored-records.ts";

/** What was sent, and all that was found of it. */
export interface Evidence {
  readonly copies: readonly SentCopy[];
  /** The mail to whose acknowledgement a reply was sent, by the reply's Message-ID. */
  readonly answered: ReadonlyMap<string, PlannedMail>;
  readonly inboxes: ReadonlyMap<string, Inbox>;
  readonly reports: readonly OpenedReport[];
  readonly mails: readonly Mail[];
  readonly stored: StoredRecords;
}

export interface Fault {
  /** The mail that it concerns, where it concerns one. */
  readonly mail?: PlannedMail;
  readonly sentence: string;
}

interface Row {
  readonly kind: Kind;
  readonly sent: number;
  readonly found: number;
  readonly acknowledged: number;
}

export interface Findings {
  readonly rows: readonly Row[];
  readonly faults: readonly Fault[];
  /** Copies that were stored without their sender hearing of it, kept apart. */
  readonly extraCopies: number;
}

/** Looks for every mail on the public surfaces, and in the table for what no surface shows. */
export async function findAll(
  system: RunningSystem,
  home: string,
  sent: Pick<Evidence, "copies" | "answered">,
): Promise<Findings> {
  const inboxes = new Map(
    await Promise.all(tenants.map(async (name) => [name, await openInbox(system, name)] as const)),
  );
  const reports = (await Promise.all([...inboxes.values()].map((inbox) => inbox.reports()))).flat();
  const mails = await sentMails(system);
  const evidence: Evidence = { ...sent, inboxes, reports, mails, stored: readStoredRecordsWithHostAccess(home) };
  const { faults: acknowledgementsWrong, byMail } = acknowledgementFaults(evidence);
  const faults = [
    ...(await messageFaults(evidence)),
    ...deliveryFaults(evidence),
    ...quarantineFaults(evidence, home),
    ...acknowledgementsWrong,
    ...leakFaults(evidence, home),
  ];
  const wrong = new Set(faults.flatMap(({ mail }) => (mail ? [mail] : [])));
  const rows = (Object.keys(kinds) as Kind[]).map((kind): Row => {
    const own = sent.copies.filter(({ mail }) => mail.kind === kind).map(({ mail }) => mail);
    return {
      kind,
      sent: own.length,
      found: own.filter((mail) => !wrong.has(mail) && !(mail.again && wrong.has(mail.again))).length,
      acknowledged: own.reduce((sum, mail) => sum + (byMail.get(mail) ?? 0), 0),
    };
  });
  const accepted = new Set(sent.copies.map(({ sesId }) => sesId));
  const extraCopies = new Set(evidence.stored.markers.map(({ sesId }) => sesId).filter((id) => !accepted.has(id))).size;
  return { rows, faults, extraCopies };
}

/** Every 250 has led to one outcome for each tenant, and of the copies of one mail at most one became a record. */
function deliveryFaults({ copies, stored, reports }: Evidence): Fault[] {
  const outcomes = new Map(stored.markers.map(({ sesId, by, outcome }) => [`${sesId} ${by}`, outcome]));
  const ids = new Set(reports.map(({ id }) => id));
  const recorded = new Map<string, PlannedMail>();
  return copies.flatMap(({ mail, sesId }): Fault[] => {
    const owners = mail.tenants.length > 0 ? mail.tenants : ["~unrouted"];
    return owners.flatMap((owner): Fault[] => {
      const outcome = outcomes.get(`${sesId} ${owner}`) ?? "nothing";
      const { becomes } = kinds[mail.again?.kind ?? mail.kind];
      const name = `${mail.messageId} ${owner}`;
      if (becomes === "quarantine") return outcome === "quarantined" ? [] : [{ mail, sentence: `${name}: ${outcome}` }];
      if (becomes === "unrouted") return outcome === "unrouted" ? [] : [{ mail, sentence: `${name}: ${outcome}` }];
      if (outcome === "duplicate") return [];
      if (!ids.has(outcome)) return [{ mail, sentence: `${name} was answered 250 and became ${outcome}` }];
      if (recorded.has(name)) return [{ mail, sentence: `${name} became a record twice` }];
      recorded.set(name, mail);
      return [];
    });
  });
}

const reasons: Partial<Record<Kind, string>> = {
  spam: "spam",
  virus: "virus",
  bounce: "unmatched-bounce",
  "unknown recipient": "unknown-recipient",
};

/** What is held apart is there once for each 250, for the right reason, with its sealed mail. */
function quarantineFaults({ copies, stored }: Evidence, home: string): Fault[] {
  const objects = objectFiles(home, "candor-sealed");
  const held = copies.filter(({ mail }) => reasons[mail.kind] !== undefined);
  const misplaced = held.flatMap(({ mail, sesId }): Fault[] => {
    const items = stored.quarantined.filter((item) => item.sesId === sesId);
    const [item] = items;
    if (!item || items.length > 1)
      return [{ mail, sentence: `${mail.messageId} is held apart ${String(items.length)} times` }];
    if (item.reason !== reasons[mail.kind]) return [{ mail, sentence: `${mail.messageId} is held for ${item.reason}` }];
    const name = item.object.split("/").slice(-2)[0] ?? "";
    const object = objects.find(({ path }) => path.includes(name));
    const whole = object !== undefined && object.size >= mail.kept.length;
    return whole ? [] : [{ mail, sentence: `${mail.messageId} is held apart without its mail` }];
  });
  const others = new Map(copies.filter((copy) => !held.includes(copy)).map(({ sesId, mail }) => [sesId, mail]));
  const wrongly = stored.quarantined.flatMap(({ sesId, reason }): Fault[] => {
    const mail = others.get(sesId);
    return mail ? [{ mail, sentence: `${mail.messageId} is held apart for ${reason}` }] : [];
  });
  return [...misplaced, ...wrongly];
}

/** No word of a report has left, nor lies in clear where it is kept. */
function leakFaults({ mails }: Evidence, home: string): Fault[] {
  const told = mails.filter((mail) =>
    JSON.stringify({ ...mail, raw: mail.raw.replaceAll("=\r\n", "") }).includes(marker),
  );
  return [
    ...told.map(({ id }) => ({ sentence: `The sent mail ${id} holds words of a report.` })),
    ...filesHolding(home, marker).map((path) => ({ sentence: `${path} holds words of a report in clear.` })),
  ];
}
