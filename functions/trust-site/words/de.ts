import { html } from "hono/html";
import type { Phrase, Standing } from "./standing.ts";
import type { Words } from "./words.ts";

const small = "keine eine zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(" ");
const inWords = (n: number): string => small[n] ?? String(n);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const counted = (n: number, one: string, many: string): string => `${String(n)} ${n === 1 ? one : many}`;
const spelt = (n: number, one: string, many: string): string => `${inWords(n)} ${n === 1 ? one : many}`;
const days = (n: number): string => counted(n, "Tag", "Tage");
const sinceDays = (n: number): string => counted(n, "Tag", "Tagen");

function lede({ claims, labels, unlabelled, gaps, late, undated, overdueExceptions }: Standing): readonly Phrase[] {
  const conceded =
    gaps === 0 ? "Keine Lücke ist eingeräumt." : `${capital(spelt(gaps, "Lücke ist", "Lücken sind"))} eingeräumt.`;
  if (claims === 0) return ["Hier ist keine Aussage veröffentlicht. Bis dahin wird nichts behauptet. ", conceded];
  const stand = [
    ...labels.map(({ name, count }) => `${name} ${String(count)}`),
    ...(unlabelled > 0 ? [`ohne Stufe ${String(unlabelled)}`] : []),
  ].join(", ");
  const since = `${late.leastDays === late.mostDays ? "" : "bis zu "}${sinceDays(late.mostDays)}`;
  return [
    `${capital(spelt(claims, "Aussage", "Aussagen"))}: `,
    { strong: stand },
    `. ${conceded} `,
    ...(late.count > 0
      ? [
          { strong: `${capital(spelt(late.count, "Aussage wurde", "Aussagen wurden"))} seit ${since} nicht bestätigt` },
          ", länger als die Prüffrist. ",
        ]
      : []),
    undated > 0 ? `${capital(spelt(undated, "Aussage hat", "Aussagen haben"))} nie ein Datum bekommen. ` : "",
    late.count + undated === 0
      ? "Alle wurden innerhalb ihrer Prüffrist bestätigt. "
      : "Bis jemand sie bestätigt, sind sie als Vergangenheit zu lesen. ",
    ...(overdueExceptions.count > 0
      ? [
          {
            strong: `${capital(spelt(overdueExceptions.count, "Ausnahme für eine Abhängigkeit ist", "Ausnahmen für Abhängigkeiten sind"))} über der Frist`,
          },
          `, um ${overdueExceptions.count === 1 ? "" : "bis zu "}${days(overdueExceptions.mostDays)}.`,
        ]
      : []),
  ];
}

const units = {
  D: ["Tag", "Tage"],
  W: ["Woche", "Wochen"],
  M: ["Monat", "Monate"],
  Y: ["Jahr", "Jahre"],
  H: ["Stunde", "Stunden"],
  TM: ["Minute", "Minuten"],
  S: ["Sekunde", "Sekunden"],
} as const;
const eachOne: Readonly<Record<string, string>> = { Tag: "jeden", Monat: "jeden", Jahr: "jedes" };

export const de: Words = {
  locale: "de-DE",
  lede,
  length: (count, unit) => {
    const [one, many] = units[unit];
    return counted(count, one, many);
  },
  businessDays: (count) => counted(count, "Werktag", "Werktage"),
  every: (length) => {
    const [, unit] = /^1 (.+)$/.exec(length) ?? [];
    return unit === undefined ? `alle ${length}` : `${eachOne[unit] ?? "jede"} ${unit}`;
  },
  singleUse: "einmal gültig",

  skip: "Zum Text",
  report: "Schwachstelle melden",
  navigation: "Dieses Trust Center",
  allPages: "Alle Seiten",
  machines: "Dieselben Angaben für Maschinen",
  keptBy:
    "Geführt mit Candor. Was hier steht, ist signiert und in einem öffentlichen Protokoll verzeichnet; es lässt sich von außen prüfen.",
  parts: {
    posture: "Sicherheitslage",
    gaps: "Lücken",
    policy: "Meldewege",
    scope: "Geltungsbereich",
    support: "Gepflegte Versionen",
    risks: "Hingenommene Risiken",
    exceptions: "Ausnahmen",
    threatModel: "Bedrohungsmodell",
    checks: "Prüfungen",
    hardening: "Härtung",
    policies: "Richtlinien",
    thanks: "Dank",
    releases: "Fassungen",
    search: "Suche",
  },

  postureTitle: "Sicherheitslage",
  maturity: { enforced: "Erzwungen", shipped: "Ausgeliefert", beta: "Beta", partial: "Teilweise" },
  meaning: {
    enforced: "Es ist gebaut und steht im Weg: Schlägt es fehl, findet der Vorgang nicht statt.",
    shipped:
      "Es ist gebaut und in Gebrauch, berät aber nur oder lässt sich abschalten. Es hält von sich aus nichts auf.",
    beta: "Es funktioniert, kann sich in Wirkung und Bedienung aber noch ändern.",
    partial:
      "Teile davon gibt es. Was es sichern soll, ist nicht durchgehend gesichert: Verlassen Sie sich nicht darauf.",
  },
  mixed: "Gemischt",
  unlabelled: "Ohne Stufe",
  doNotRely: "nicht darauf verlassen",
  late: "über der Prüffrist",
  undated: "nie datiert",
  labelsTitle: "Was die Stufen bedeuten",
  notConfirmedSince: (date) => html`nicht bestätigt seit ${date}`,
  lateAge: (age, every, due, overdue) =>
    html`${days(age)} seit der Bestätigung. Die Prüfung, ${every}, war am ${due} fällig: vor ${sinceDays(overdue)}`,
  freshAge: (age, on) => html`bestätigt ${age === 0 ? "heute" : `vor ${sinceDays(age)}`}, am ${on}`,
  dueBy: (date) => html`Prüfung fällig am ${date}`,
  confirmedBy: (who) => `durch ${who}`,
  undatedAge: "nie datiert: Niemand hat gesagt, wann zuletzt nachgesehen wurde",

  release: (number) => `Fassung ${String(number)}`,
  published: (date) => html`veröffentlicht am ${date}`,
  logEntry: "Protokolleintrag",
  bodyDigest: "Inhalt",
  checkIt: "selbst prüfen",
  historic: (number) =>
    `Dies ist Fassung ${String(number)}, wie sie veröffentlicht wurde. An ihrer Stelle steht eine neuere.`,
  currentRelease: "Zur aktuellen Fassung",

  glance: {
    fresh: "Aktualität",
    conceded: "Eingeräumt",
    overdue: "Überfällig",
    report: "Melden an",
    check: "Alles prüfen",
  },
  freshOf: (fresh, all) =>
    `${String(fresh)} von ${counted(all, "Aussage", "Aussagen")} innerhalb der Prüffrist bestätigt`,
  gapsConceded: (n) => (n === 0 ? "keine Lücken" : counted(n, "Lücke", "Lücken")),
  risksAccepted: (n) => counted(n, "hingenommenes Risiko", "hingenommene Risiken"),
  nothingOverdue: "nichts",
  overdueTitle: "Heute über der Frist",
  reviewWasDue: (date) => html`die Prüfung war am ${date} fällig`,
  checkTitle: "Selbst prüfen",
  checkWords:
    "Der Befehl holt, was hier veröffentlicht ist, und vergleicht es mit Signatur und öffentlichem Protokoll. Er glaubt nichts von dem, was diese Seite sagt.",
  overdueClaims: (n) => `${counted(n, "Aussage", "Aussagen")} über der Prüffrist`,
  overdueExceptions: (n) => `${counted(n, "Ausnahme", "Ausnahmen")} über der Frist`,

  doesNotMean: "Das heißt nicht",
  concedes: (n) => (n === 1 ? "Eine Lücke ist eingeräumt" : "Lücken sind eingeräumt"),
  appliesOnlyWith: (component) => `Gilt nur mit ${component}.`,
  evidence: (n) => `Belege: ${String(n)}`,
  evidenceTitle: "Belege",
  revision: "Überarbeitung",
  noEvidence: "Es ist kein Beleg angegeben.",
  absence: (what, where) => html`Gesucht nach ${what}${where === undefined ? "" : ` in ${where}`}, nichts gefunden.`,
  quoted: "Dort steht:",
  evidenceKinds: {
    "source-path": "Quelltext",
    document: "Dokument",
    url: "Adresse",
    attestation: "Attestierung",
    "check-run": "Lauf einer Prüfung",
  },
  atCommit: "im Commit",
  predicate: "Art der Aussage",
  method: {
    "source-search": "durch Lesen oder Durchsuchen des Quelltexts",
    review: "durch Durchsicht",
    test: "durch einen Test",
    attestation: "durch Prüfen einer Attestierung",
    automatic: "durch eine Maschine, die die Quelltextstellen unverändert fand",
  },
  confirmation: "Bestätigung",
  reviewInterval: "Zu prüfen",
  reviewDue: "Prüfung fällig",
  technology: "Technik",
  sourceOf: "Steht in",
  history: "Geschichte",
  partsOfIt: "Ihre Teile",
  plan: "Vorhaben",

  gapsTitle: "Eingeräumte Lücken",
  gapsLede: (n) =>
    n === 0
      ? "Hier ist keine Lücke eingeräumt. Das sagt nichts über Lücken, die niemand gefunden hat."
      : `${capital(spelt(n, "Lücke ist", "Lücken sind"))} eingeräumt. Jede gehört zu der Aussage, die sie einschränkt; so können beide nichts Verschiedenes sagen.`,
  gap: "Lücke",
  gapFrom: { claims: "schränkt die Aussage ein", purposes: "der Organisation", risks: "ein hingenommenes Risiko" },

  policyTitle: "Wie man meldet, und was dann geschieht",
  mailTo: (address) =>
    html`Schreiben Sie an ${address}. Post wird beim Eintreffen verschlüsselt; der Teil des Dienstes, der sie annimmt, kann sie nicht wieder lesen.`,
  otherWays: "Wege zu uns",
  channelStatus: {
    open: "offen",
    conditional: "noch nicht offen",
    closed: "geschlossen",
    forbidden: "nicht für Meldungen verwenden",
  },
  channelKinds: {
    mail: "E-Mail",
    form: "Formular",
    "private-advisory": "vertrauliche Meldung",
    directory: "Verzeichnis von Ansprechpartnern",
    "public-issue": "öffentliche Tickets",
    "social-network": "soziales Netz",
    other: "anderes",
  },
  pleaseTell: "Was uns hilft",
  nothingDemanded: "Nichts davon ist Pflicht. Auch ohne das bleibt eine Meldung eine Meldung.",
  whatToExpect: "Was Sie erwarten können",
  noPromises: (name) => `${name} verspricht keine Antwortzeiten.`,
  force: { promise: "versprochen", aim: "angestrebt" },
  severity: { low: "gering", medium: "mittel", high: "hoch", critical: "kritisch" },
  promise: {
    within: (length, trigger, end) => `Spätestens ${length} nach ${trigger}: ${end}.`,
    repeated: (every, trigger, end) => `${capital(every)} nach ${trigger}, solange die Meldung offen ist: ${end}.`,
    between: (from, to, trigger, end) => `Zeitraum ${from} bis ${to} nach ${trigger}: ${end}.`,
    severities: (names) => `Gilt für Meldungen mit Schweregrad ${names.join(" oder ")}.`,
    products: (names) => `Gilt für ${names.join(", ")}.`,
    legal: "Das Gesetz verlangt es.",
    paused: (reasons) => `Die Uhr steht, solange ${reasons.join(" oder ")}.`,
    extension: (reasons) => `Mehr Zeit kann vereinbart werden: ${reasons.join("; ")}.`,
  },
  pauses: {
    "waiting-for-reporter": "wir auf Ihre Antwort warten",
    "waiting-for-upstream": "wir auf ein anderes Projekt warten",
    embargo: "eine Sperrfrist gilt",
  },
  triggers: {
    received: "Eingang Ihrer Meldung",
    acknowledged: "der Eingangsbestätigung",
    "timeline-proposed": "dem Vorschlag eines Zeitplans",
    triaged: "der Einschätzung",
    "status-sent": "der letzten Nachricht",
    "fix-available": "Fertigstellung der Korrektur",
    "measure-available": "Fertigstellung einer Abhilfe",
    "fix-published": "Veröffentlichung der Korrektur",
    disclosed: "der Veröffentlichung",
    "advisory-published": "Veröffentlichung des Hinweises",
    "became-aware": "Kenntnisnahme",
    exploited: "Kenntnis der Ausnutzung",
    "severe-incident": "einem schweren Vorfall",
    "early-warning-filed": "der Frühwarnung",
    "notification-filed": "der Anzeige",
    "report-requested": "Anforderung eines Berichts",
    "intermediate-report-filed": "dem Zwischenbericht",
    "final-report-filed": "dem Abschlussbericht",
    "users-told": "Unterrichtung der Nutzer",
    silence: "unserem letzten Wort",
    resent: "erneuter Zusendung",
    closed: "Abschluss der Meldung",
  },
  ends: {
    received: "die Meldung ist eingegangen",
    acknowledged: "Sie erhalten eine Eingangsbestätigung",
    "timeline-proposed": "Ihnen wird ein Zeitplan für die Veröffentlichung vorgeschlagen",
    triaged: "die Meldung ist nachvollzogen und ihr Schweregrad bestimmt",
    "status-sent": "Sie erfahren den Stand",
    "fix-available": "es gibt eine Korrektur",
    "measure-available": "es gibt eine Korrektur oder Abhilfe",
    "fix-published": "eine Korrektur ist veröffentlicht",
    disclosed: "der Fehler wird öffentlich gemacht",
    "advisory-published": "ein Sicherheitshinweis ist veröffentlicht",
    "became-aware": "wir haben Kenntnis",
    exploited: "wir wissen von der Ausnutzung",
    "severe-incident": "ein schwerer Vorfall ist festgestellt",
    "early-warning-filed": "eine Frühwarnung geht an die Behörde",
    "notification-filed": "eine Anzeige geht an die Behörde",
    "report-requested": "ein Bericht ist angefordert",
    "intermediate-report-filed": "ein Zwischenbericht geht an die Behörde",
    "final-report-filed": "ein Abschlussbericht geht an die Behörde",
    "users-told": "betroffene Nutzer sind unterrichtet",
    silence: "Sie haben nichts gehört",
    resent: "Sie können Ihre Meldung erneut senden",
    closed: "die Meldung ist abgeschlossen",
  },
  steps: "Von der Meldung zur Veröffentlichung",
  stepWho: { reporter: "Sie", tenant: "wir", both: "beide" },
  termsTitle: {
    "safe-harbour": "Straffreiheit",
    credit: "Nennung",
    bounty: "Prämie",
    disclosure: "Veröffentlichung",
    reporting: "Regeln für Meldungen",
  },
  creditPlaces: "Genannt in",
  terms: "Was zwischen uns gilt",
  about: "Über diese Richtlinie",
  capacity: "Wie viele Hände es gibt",
  purposes: "Wozu dies dient",
  principles: "Wie Änderungen behandelt werden",

  scopeTitle: "Wofür Meldungen gelten",
  inScope: "Eingeschlossen",
  outOfScope: "Ausgeschlossen",
  path: "Pfad",
  reason: "Grund",
  examples: "Beispiele",
  topics: "Themen",
  goTo: "Zu melden an",
  fromLabels: "Aus den Stufen",
  bypassIn: "Ein Weg um alles herum, was Erzwungen ist, ist eingeschlossen und besonders willkommen. Heute ist das:",
  partialOut: "Was Teilweise heißt, ist ausgeschlossen: Die Lücke ist eingeräumt. Heute ist das:",
  assetKinds: {
    binary: "Programm",
    service: "Dienst",
    module: "Modul",
    chart: "Chart",
    "web-application": "Webanwendung",
    library: "Bibliothek",
    database: "Datenbank",
    api: "API",
    interface: "Schnittstelle",
    pipeline: "Pipeline",
    other: "anderes",
  },

  supportTitle: "Gepflegte Versionen",
  versions: "Versionen",
  places: {
    development: "Entwicklungszweig",
    "latest-release": "neueste Version",
    "previous-minor": "vorige Nebenversion",
    older: "alles Ältere",
  },
  levels: {
    "all-fixes": "alle Sicherheitskorrekturen",
    "critical-and-high": "kritische und hohe Korrekturen",
    "best-effort": "nach Möglichkeit",
    none: "keine Korrekturen",
  },
  until: "Bis",
  noEnd: "kein Ende festgelegt",
  supportEnded: (age) => `endete vor ${sinceDays(age)}`,
  releaseDuties: "Was eine Version mitbringt",
  dutyPlace: { "release-notes": "in den Versionshinweisen", "release-files": "neben der Version" },
  dutyOf: "Für welche Versionen",
  formats: "Formate",

  risksTitle: "Hingenommene Risiken",
  risksLede: (n) => `${capital(n === 1 ? "ein Risiko ist" : `${inWords(n)} Risiken sind`)} bekannt und hingenommen.`,
  riskKinds: { gap: "Lücke", "by-design": "so gewollt", "operator-duty": "Sache des Betreibers" },
  riskKindMeaning: {
    gap: "soll geschlossen werden",
    "by-design": "bewusst so gewählt",
    "operator-duty": "wer das Produkt betreibt, sorgt dafür",
  },
  noReviewDay: "kein Prüftermin festgelegt",

  exceptionsTitle: "Ausnahmen für Abhängigkeiten",
  exceptionsLede: (n, overdue) =>
    `${capital(spelt(n, "Warnung zu einer Abhängigkeit wird", "Warnungen zu Abhängigkeiten werden"))} vorerst geduldet. ${
      overdue === 0
        ? "Keine ist über ihrer Frist."
        : `${capital(inWords(overdue))} ${overdue === 1 ? "ist" : "sind"} über der Frist.`
    }`,
  exceptionKinds: { vulnerable: "verwundbar", unmaintained: "nicht gepflegt", notice: "Hinweis" },
  warningOnly: "nur eine Warnung",
  overdueBy: (age) => `${days(age)} überfällig`,
  dueIn: (left) => (left === 0 ? "heute fällig" : `fällig in ${sinceDays(left)}`),
  noUpgrade: "Warum keine neuere Version",
  unreachable: "Warum nicht erreichbar",
  endsWhen: "Endet, wenn",
  broughtInBy: "Kommt durch",
  directly: "eine direkte Abhängigkeit",
  nextReview: "Nächste Prüfung",
  also: "auch",
  gateEnforced: "eine Schranke schlägt an, sobald der Tag vorbei ist",
  gateNot: "keine Schranke setzt sie durch",
  recordedIn: "Vermerkt in",
  lookedAt: "Angesehen",

  threatTitle: "Bedrohungsmodell",
  archived: "abgelegt",
  exposes: "Was erreichbar ist",
  assets: "Was einen Angriff lohnt",
  surfaces: "Wo angegriffen werden kann",
  exposure: "Erreichbar",
  risk: "Risiko",
  mitigations: "Was dagegen getan ist",
  noMitigations: "Nichts ist vermerkt.",
  settings: "Einstellungen",
  headers: "Header",
  answers: "Antworten",
  logs: "Protokolliert als",
  layersTitle: "Schichten, die äußerste zuerst",
  flowParties: "Zwischen",
  tokensTitle: "Tokens",
  token: "Token",
  lifetime: "Gilt",
  rotation: "Erneuerung",
  replay: "Zweite Verwendung",
  notSaid: "nicht gesagt",
  exclusions: "Was es auslässt",
  evolution: "Wohin es geht",
  links: "Siehe auch",

  checksTitle: "Prüfungen",
  checksLede: (n, gates) =>
    `${capital(spelt(n, "Prüfung ist", "Prüfungen sind"))} aufgeführt; ${gates === 0 ? "keine" : inWords(gates)} davon ${
      gates === 1 || gates === 0 ? "kann" : "können"
    } eine Version aufhalten.`,
  when: "Wann",
  lastRun: "Letzter Lauf",
  neverRun: "kein Lauf vermerkt",
  passed: "bestanden",
  failed: "fehlgeschlagen",
  gate: "hält eine Version auf",
  recommended: "empfohlen; nicht gesagt, dass es geschieht",
  toolsTitle: "Werkzeuge für Mitwirkende",
  frameworksTitle: "Regelwerke",
  frameworksNote: "Hier zu stehen, ist kein Zertifikat.",
  control: "Maßnahme",
  state: "Stand",
  claims: "Aussagen",
  controlState: { met: "erfüllt", "partly-met": "teilweise erfüllt", "not-met": "nicht erfüllt" },
  noState: "nicht gesagt",
  documentsTitle: "Dokumente",
  documentRoles: {
    policy: "Richtlinie",
    "threat-model": "Bedrohungsmodell",
    "release-gate": "Freigabeliste",
    "review-rules": "Regeln für Durchsichten",
    "compliance-registry": "Verzeichnis der Regelwerke",
    runbook: "Betriebsanleitung",
    other: "anderes",
  },
  documentTriggers: "Gilt bei",
  file: "Datei",
  lines: (n) => counted(n, "Zeile", "Zeilen"),
  linesOfCode: (n) => `${String(n)} davon Text`,

  hardeningTitle: "Liste zur Härtung",
  hardeningLede: "Für Betreiber des Produkts: von Hand abzuhaken.",
  need: { required: "nötig", recommended: "empfohlen" },
  needed: "Bedarf",
  reasonFor: "Grund",

  policiesTitle: "Richtlinien je Komponente",
  partOf: "Teil von",
  below: "Darunter",

  thanksTitle: "Dank",
  thanksLede: (n) =>
    n === 0
      ? "Hier wurde noch niemand genannt."
      : `${capital(n === 1 ? "eine Person hat" : `${inWords(n)} Personen haben`)} gemeldet, was wir dann behoben haben.`,

  releasesTitle: "Fassungen",
  releasesLede: "Jeder Stand, der je veröffentlicht wurde, ist lesbar wie damals.",
  older: "Ältere Fassungen",
  publishedAt: "Veröffentlicht",
  askedFor: "Beantragt",
  restores: "Zeigt wieder",
  bodyBytes: "Länge in Bytes",
  previous: "Inhalt davor",
  files: "Dateien",
  pagesThen: "Ihre Seiten, wie sie waren",
  pagesThenWords: "Alter gelten für den Tag der Veröffentlichung.",
  cosignWords: "Die Signatur lässt sich ohne ein Werkzeug von uns prüfen:",
  moved: "Geänderte Stufen",
  nothing: "nichts",
  organisation: "Organisation",
  current: "aktuell",
  withdrawn: "zurückgezogen",
  compareWith: (n) => `mit Fassung ${String(n)} vergleichen`,
  withdrawnTitle: (n) => `Fassung ${String(n)} wurde zurückgezogen`,
  withdrawnWords: "Ihr Text ist nicht mehr lesbar. Ihr Hash bleibt im öffentlichen Protokoll.",
  diffTitle: (from, to) => `Von Fassung ${String(from)} zu Fassung ${String(to)}`,
  added: "neu",
  removed: "entfallen",
  differs: "geändert",
  nothingChanged: "Nichts Veröffentlichtes unterscheidet sich.",
  before: "Vorher",
  after: "Nachher",
  kindNames: {
    purposes: "Zwecke",
    labels: "Stufen",
    claims: "Aussagen",
    risks: "Hingenommene Risiken",
    exceptions: "Ausnahmen",
    scope: "Geltungsbereich",
    support: "Gepflegte Versionen",
    commitments: "Versprechen",
    channels: "Meldewege",
    "report-fields": "Angaben in einer Meldung",
    "disclosure-steps": "Schritte zur Veröffentlichung",
    terms: "Bedingungen",
    credits: "Dank",
    "threat-models": "Bedrohungsmodelle",
    surfaces: "Angriffsflächen",
    layers: "Schichten",
    tokens: "Tokens",
    checks: "Prüfungen",
    hardening: "Härtung",
    "release-duties": "Pflichten einer Version",
    policies: "Richtlinien",
    documents: "Dokumente",
    tools: "Werkzeuge",
    frameworks: "Regelwerke",
  },

  searchTitle: "Suche",
  searchFor: "Wörter, nach denen in allem hier Veröffentlichten gesucht wird",
  searchButton: "Suchen",
  found: (n, query) =>
    n === 0 ? `Nichts hier enthält „${query}“.` : `${counted(n, "Stelle enthält", "Stellen enthalten")} „${query}“.`,
  moreFound: (n) => `Die ersten ${String(n)} sind gezeigt. Ein weiteres Wort grenzt ein.`,

  changedOn: (name) => `${name}: Sicherheitslage`,
};
