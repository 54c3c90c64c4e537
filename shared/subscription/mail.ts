/** What subscribers are sent, in the languages of the frame: plain text of 72 columns, one link that matters. */
import { wrapText } from "#shared/outbox/wrap-text.ts";
import type { ReleaseDifference } from "#shared/release/difference.ts";
import type { MailLanguage } from "./subscription.ts";

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

interface Words {
  readonly confirm: (tenant: string) => MailText;
  readonly known: (tenant: string) => MailText;
  readonly told: (tenant: string, release: number) => MailText;
  readonly moved: string;
  readonly counts: (counts: { added: number; removed: number; changed: number }) => string;
  readonly compare: string;
  readonly unlabelled: string;
  readonly leave: string;
  readonly ignore: string;
}

const words: Readonly<Record<MailLanguage, Words>> = {
  en: {
    confirm: (tenant) => ({
      subject: `Confirm: mail about changes at ${tenant}`,
      text: `Somebody, probably you, asked that this address be told when ${tenant} changes its security posture. Open this page and confirm within seven days:`,
    }),
    known: (tenant) => ({
      subject: `You get mail about changes at ${tenant} already`,
      text: `Somebody, probably you, asked that this address be told when ${tenant} changes its security posture. It is told already, and nothing was changed. To end it, open`,
    }),
    told: (tenant, release) => ({
      subject: `${tenant}: release ${String(release)} of its security posture`,
      text: `${tenant} has published release ${String(release)} of its security posture:`,
    }),
    moved: "Labels that moved:",
    counts: ({ added, removed, changed }) =>
      `Entries: ${String(added)} new, ${String(changed)} changed, ${String(removed)} gone.`,
    compare: "Compared with what you were told of last:",
    unlabelled: "no label",
    leave: "To get no more of this, open",
    ignore: "If it was not you, do nothing: without a confirmation nothing more is sent and the address is forgotten.",
  },
  de: {
    confirm: (tenant) => ({
      subject: `Bestätigen: Nachricht bei Änderungen von ${tenant}`,
      text: `Jemand, vermutlich Sie, möchte unter dieser Adresse erfahren, wenn ${tenant} seinen Sicherheitsstand ändert. Öffnen Sie innerhalb von sieben Tagen diese Seite und bestätigen Sie es:`,
    }),
    known: (tenant) => ({
      subject: `Sie erfahren bereits von Änderungen bei ${tenant}`,
      text: `Jemand, vermutlich Sie, möchte unter dieser Adresse erfahren, wenn ${tenant} seinen Sicherheitsstand ändert. Das ist bereits so eingerichtet, und nichts wurde geändert. Beenden können Sie es hier:`,
    }),
    told: (tenant, release) => ({
      subject: `${tenant}: Ausgabe ${String(release)} des Sicherheitsstands`,
      text: `${tenant} hat die Ausgabe ${String(release)} seines Sicherheitsstands veröffentlicht:`,
    }),
    moved: "Geänderte Einstufungen:",
    counts: ({ added, removed, changed }) =>
      `Einträge: ${String(added)} neu, ${String(changed)} geändert, ${String(removed)} entfallen.`,
    compare: "Im Vergleich mit dem, was Sie zuletzt erfahren haben:",
    unlabelled: "ohne Einstufung",
    leave: "Wenn Sie das nicht mehr möchten, öffnen Sie",
    ignore:
      "Waren Sie es nicht, brauchen Sie nichts zu tun: ohne Bestätigung wird nichts weiter gesendet, und die Adresse wird vergessen.",
  },
  fr: {
    confirm: (tenant) => ({
      subject: `À confirmer : être averti des changements chez ${tenant}`,
      text: `Quelqu'un, sans doute vous, a demandé que cette adresse soit avertie quand ${tenant} modifie sa posture de sécurité. Ouvrez cette page et confirmez dans les sept jours :`,
    }),
    known: (tenant) => ({
      subject: `Vous êtes déjà averti des changements chez ${tenant}`,
      text: `Quelqu'un, sans doute vous, a demandé que cette adresse soit avertie quand ${tenant} modifie sa posture de sécurité. C'est déjà le cas, et rien n'a été changé. Pour y mettre fin, ouvrez`,
    }),
    told: (tenant, release) => ({
      subject: `${tenant} : édition ${String(release)} de sa posture de sécurité`,
      text: `${tenant} a publié l'édition ${String(release)} de sa posture de sécurité :`,
    }),
    moved: "Niveaux modifiés :",
    counts: ({ added, removed, changed }) =>
      `Entrées : ${String(added)} nouvelles, ${String(changed)} modifiées, ${String(removed)} supprimées.`,
    compare: "Comparé à ce dont vous avez été averti en dernier :",
    unlabelled: "sans niveau",
    leave: "Pour ne plus rien recevoir, ouvrez",
    ignore:
      "Si ce n'était pas vous, ne faites rien : sans confirmation, rien d'autre n'est envoyé et l'adresse est oubliée.",
  },
};

/** The mail that asks the owner of an address. `link`: the page that confirms. */
export function confirmationMail(language: MailLanguage, tenant: string, link: string): MailText {
  const { confirm, ignore } = words[language];
  const { subject, text } = confirm(tenant);
  return { subject, text: wrapText([text, `    ${link}`, ignore]) };
}

/** The mail to an address that is told already. `link`: the page that ends it. */
export function knownMail(language: MailLanguage, tenant: string, link: string): MailText {
  const { subject, text } = words[language].known(tenant);
  return { subject, text: wrapText([text, `    ${link}`]) };
}

export interface ReleaseNews {
  readonly tenant: string;
  readonly release: number;
  /** The posture, the page that compares, and the page that ends the subscription. */
  readonly links: { readonly posture: string; readonly compare?: string | undefined; readonly leave: string };
  /** What is different from what was told of last; absent where that can't be read any more, or nothing was told of yet. */
  readonly difference?: ReleaseDifference | undefined;
}

/** As many labels as are named; the page that compares has all. */
const mostNamed = 15;

/** The mail that tells of a release. */
export function releaseMail(language: MailLanguage, { tenant, release, links, difference }: ReleaseNews): MailText {
  const { told, moved, counts, compare, leave, unlabelled } = words[language];
  const { subject, text } = told(tenant, release);
  const labels = (difference?.moved ?? []).slice(0, mostNamed).map((label) => {
    const [before, after] = [label.before, label.after].map((one) => one?.maturity ?? unlabelled);
    return `- ${label.title}: ${before ?? ""} -> ${after ?? ""}`;
  });
  return {
    subject,
    text: wrapText([
      text,
      `    ${links.posture}`,
      ...(labels.length > 0 ? [moved, ...labels] : []),
      ...(difference ? [counts(countsOf(difference))] : []),
      ...(links.compare === undefined ? [] : [compare, `    ${links.compare}`]),
      leave,
      `    ${links.leave}`,
    ]),
  };
}

const countsOf = ({ added, removed, changed }: ReleaseDifference) => ({
  added: added.length,
  removed: removed.length,
  changed: changed.length,
});
