import { html } from "hono/html";
import type { Phrase, Standing } from "./standing.ts";
import type { Words } from "./words.ts";

const small = "aucune une deux trois quatre cinq six sept huit neuf dix onze douze".split(" ");
const inWords = (n: number): string => small[n] ?? String(n);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const counted = (n: number, one: string, many: string): string => `${String(n)} ${n < 2 ? one : many}`;
const spelt = (n: number, one: string, many: string): string => `${inWords(n)} ${n < 2 ? one : many}`;
const days = (n: number): string => counted(n, "jour", "jours");

function lede({ claims, labels, unlabelled, gaps, late, undated, overdueExceptions }: Standing): readonly Phrase[] {
  const conceded =
    gaps === 0
      ? "Aucune lacune n'est reconnue."
      : `${capital(spelt(gaps, "lacune est reconnue", "lacunes sont reconnues"))}.`;
  if (claims === 0) return ["Aucune affirmation n'est publiée ici. D'ici là, rien n'est affirmé. ", conceded];
  const stand = [
    ...labels.map(({ name, count }) => `${name} ${String(count)}`),
    ...(unlabelled > 0 ? [`sans niveau ${String(unlabelled)}`] : []),
  ].join(", ");
  const since = `${late.leastDays === late.mostDays ? "" : "jusqu'à "}${days(late.mostDays)}`;
  return [
    `${capital(spelt(claims, "affirmation", "affirmations"))} : `,
    { strong: stand },
    `. ${conceded} `,
    ...(late.count > 0
      ? [
          {
            strong: `${capital(spelt(late.count, "affirmation n'a pas été confirmée", "affirmations n'ont pas été confirmées"))} depuis ${since}`,
          },
          ", plus longtemps que le délai de révision. ",
        ]
      : []),
    undated > 0
      ? `${capital(spelt(undated, "affirmation n'a jamais été datée", "affirmations n'ont jamais été datées"))}. `
      : "",
    late.count + undated === 0
      ? "Toutes ont été confirmées dans leur délai. "
      : "Tant que personne ne les confirme, elles sont à lire comme du passé. ",
    ...(overdueExceptions.count > 0
      ? [
          {
            strong: `${capital(spelt(overdueExceptions.count, "exception pour une dépendance a dépassé sa révision", "exceptions pour des dépendances ont dépassé leur révision"))}`,
          },
          `, de ${overdueExceptions.count === 1 ? "" : "jusqu'à "}${days(overdueExceptions.mostDays)}.`,
        ]
      : []),
  ];
}

const units = {
  D: ["jour", "jours"],
  W: ["semaine", "semaines"],
  M: ["mois", "mois"],
  Y: ["an", "ans"],
  H: ["heure", "heures"],
  TM: ["minute", "minutes"],
  S: ["seconde", "secondes"],
} as const;

export const fr: Words = {
  locale: "fr-FR",
  lede,
  length: (count, unit) => {
    const [one, many] = units[unit];
    return counted(count, one, many);
  },
  businessDays: (count) => counted(count, "jour ouvré", "jours ouvrés"),
  every: (length) => {
    const [, unit] = /^1 (.+)$/.exec(length) ?? [];
    if (unit !== undefined) return `chaque ${unit}`;
    return `${/semaine|heure|minute|seconde/.test(length) ? "toutes" : "tous"} les ${length}`;
  },
  singleUse: "valable une fois",

  skip: "Aller au texte",
  report: "Signaler une vulnérabilité",
  navigation: "Ce centre de confiance",
  allPages: "Toutes les pages",
  machines: "Les mêmes faits pour les machines",
  keptBy:
    "Tenu avec Candor. Ce qui figure ici est signé et inscrit dans un journal public ; chacun peut le vérifier de l'extérieur.",
  parts: {
    posture: "Sécurité",
    gaps: "Lacunes",
    policy: "Signalement",
    scope: "Périmètre",
    support: "Versions maintenues",
    risks: "Risques acceptés",
    exceptions: "Exceptions",
    threatModel: "Modèle de menaces",
    checks: "Contrôles",
    hardening: "Durcissement",
    policies: "Politiques",
    thanks: "Remerciements",
    releases: "Publications",
    search: "Recherche",
  },

  postureTitle: "État de la sécurité",
  maturity: { enforced: "Imposé", shipped: "Livré", beta: "Bêta", partial: "Partiel" },
  meaning: {
    enforced: "C'est construit et fait barrage : en cas d'échec, l'opération n'a pas lieu.",
    shipped:
      "C'est construit et utilisé, mais conseille seulement ou peut être désactivé. Cela ne bloque rien par soi-même.",
    beta: "Cela fonctionne, mais peut encore changer dans ses effets et son usage.",
    partial: "Des parties existent. La garantie visée n'est pas assurée de bout en bout : ne vous y fiez pas.",
  },
  mixed: "Mixte",
  unlabelled: "Sans niveau",
  doNotRely: "ne pas s'y fier",
  late: "révision dépassée",
  undated: "jamais daté",
  labelsTitle: "Ce que signifient les niveaux",
  notConfirmedSince: (date) => html`non confirmé depuis le ${date}`,
  lateAge: (age, every, due, overdue) =>
    html`${days(age)} depuis la confirmation. La révision, ${every}, était due le ${due} : il y a ${days(overdue)}`,
  freshAge: (age, on) => html`confirmé ${age === 0 ? "aujourd'hui" : `il y a ${days(age)}`}, le ${on}`,
  dueBy: (date) => html`révision due le ${date}`,
  confirmedBy: (who) => `par ${who}`,
  undatedAge: "jamais daté : personne n'a dit quand cela a été regardé pour la dernière fois",

  release: (number) => `Publication ${String(number)}`,
  published: (date) => html`publiée le ${date}`,
  logEntry: "entrée du journal",
  bodyDigest: "contenu",
  checkIt: "vérifier soi-même",
  historic: (number) => `Ceci est la publication ${String(number)}, telle quelle. Une plus récente l'a remplacée.`,
  currentRelease: "Voir la publication actuelle",

  glance: {
    fresh: "Fraîcheur",
    conceded: "Reconnu",
    overdue: "En retard",
    report: "Signaler à",
    check: "Tout vérifier",
  },
  freshOf: (fresh, all) =>
    `${String(fresh)} sur ${counted(all, "affirmation", "affirmations")} dans le délai de révision`,
  gapsConceded: (n) => (n === 0 ? "aucune lacune" : counted(n, "lacune", "lacunes")),
  risksAccepted: (n) => counted(n, "risque accepté", "risques acceptés"),
  nothingOverdue: "rien",
  overdueTitle: "Révisions dépassées aujourd'hui",
  reviewWasDue: (date) => html`la révision était due le ${date}`,
  checkTitle: "Vérifier soi-même",
  checkWords:
    "La commande récupère ce qui est publié ici et le compare à la signature et au journal public. Elle ne croit rien de ce que dit cette page.",
  overdueClaims: (n) => counted(n, "affirmation à confirmer", "affirmations à confirmer"),
  overdueExceptions: (n) => counted(n, "exception à réviser", "exceptions à réviser"),

  doesNotMean: "Cela ne signifie pas",
  concedes: (n) => (n === 1 ? "Une lacune est reconnue" : "Des lacunes sont reconnues"),
  appliesOnlyWith: (component) => `Vaut seulement avec ${component}.`,
  evidence: (n) => `Preuves : ${String(n)}`,
  evidenceTitle: "Preuves",
  revision: "Révision du texte",
  noEvidence: "Aucune preuve n'est donnée.",
  absence: (what, where) => html`Recherché ${what}${where === undefined ? "" : ` dans ${where}`}, rien trouvé.`,
  quoted: "On y lit :",
  evidenceKinds: {
    "source-path": "source",
    document: "document",
    url: "adresse",
    attestation: "attestation",
    "check-run": "exécution d'un contrôle",
  },
  atCommit: "au commit",
  predicate: "type de prédicat",
  method: {
    "source-search": "par lecture ou recherche dans le code source",
    review: "par relecture",
    test: "par un test",
    attestation: "par vérification d'une attestation",
    automatic: "par une machine qui a trouvé les sources inchangées",
  },
  confirmation: "Confirmation",
  reviewInterval: "À réviser",
  reviewDue: "Révision due",
  technology: "Technique",
  sourceOf: "Figure dans",
  history: "Historique",
  partsOfIt: "Ses parties",
  plan: "Projet",

  gapsTitle: "Lacunes reconnues",
  gapsLede: (n) =>
    n === 0
      ? "Aucune lacune n'est reconnue ici. Cela ne dit rien des lacunes que personne n'a trouvées."
      : `${capital(spelt(n, "lacune est reconnue", "lacunes sont reconnues"))}. Chacune fait partie de l'affirmation qu'elle restreint ; les deux ne peuvent donc pas se contredire.`,
  gap: "lacune",
  gapFrom: { claims: "restreint l'affirmation", purposes: "de l'organisation", risks: "un risque accepté" },

  policyTitle: "Comment signaler, et à quoi s'attendre",
  mailTo: (address) =>
    html`Écrivez à ${address}. Le courrier est chiffré à son arrivée ; la partie du service qui le reçoit ne peut pas le relire.`,
  otherWays: "Nous joindre",
  channelStatus: {
    open: "ouvert",
    conditional: "pas encore ouvert",
    closed: "fermé",
    forbidden: "à ne pas utiliser pour signaler",
  },
  channelKinds: {
    mail: "courriel",
    form: "formulaire",
    "private-advisory": "avis privé",
    directory: "liste de contacts",
    "public-issue": "tickets publics",
    "social-network": "réseau social",
    other: "autre",
  },
  pleaseTell: "Ce qui nous aide",
  nothingDemanded: "Rien de cela n'est exigé. Un signalement qui ne le dit pas reste un signalement.",
  whatToExpect: "À quoi s'attendre",
  noPromises: (name) => `${name} ne promet aucun délai de réponse.`,
  force: { promise: "promis", aim: "visé" },
  severity: { low: "faible", medium: "moyenne", high: "élevée", critical: "critique" },
  promise: {
    within: (length, trigger, end) => `Au plus tard ${length} après ${trigger} : ${end}.`,
    repeated: (every, trigger, end) =>
      `${capital(every)} après ${trigger}, tant que le signalement est ouvert : ${end}.`,
    between: (from, to, trigger, end) => `De ${from} à ${to} après ${trigger} : ${end}.`,
    severities: (names) => `Vaut pour les signalements de gravité ${names.join(" ou ")}.`,
    products: (names) => `Vaut pour ${names.join(", ")}.`,
    legal: "La loi l'exige.",
    paused: (reasons) => `Le délai est suspendu tant que ${reasons.join(" ou ")}.`,
    extension: (reasons) => `Plus de temps peut être convenu : ${reasons.join(" ; ")}.`,
  },
  pauses: {
    "waiting-for-reporter": "nous attendons votre réponse",
    "waiting-for-upstream": "nous attendons un autre projet",
    embargo: "un embargo court",
  },
  triggers: {
    received: "réception de votre signalement",
    acknowledged: "l'accusé de réception",
    "timeline-proposed": "la proposition d'un calendrier",
    triaged: "l'évaluation",
    "status-sent": "les dernières nouvelles",
    "fix-available": "obtention d'un correctif",
    "measure-available": "obtention d'une mesure",
    "fix-published": "publication du correctif",
    disclosed: "la divulgation",
    "advisory-published": "publication de l'avis",
    "became-aware": "prise de connaissance",
    exploited: "connaissance de l'exploitation",
    "severe-incident": "un incident grave",
    "early-warning-filed": "l'alerte précoce",
    "notification-filed": "la notification",
    "report-requested": "la demande d'un rapport",
    "intermediate-report-filed": "le rapport intermédiaire",
    "final-report-filed": "le rapport final",
    "users-told": "information des utilisateurs",
    silence: "notre dernier mot",
    resent: "votre nouvel envoi",
    closed: "clôture du signalement",
  },
  ends: {
    received: "le signalement est reçu",
    acknowledged: "vous recevez un accusé de réception",
    "timeline-proposed": "un calendrier de divulgation vous est proposé",
    triaged: "le signalement est reproduit et sa gravité fixée",
    "status-sent": "vous apprenez où en sont les choses",
    "fix-available": "un correctif existe",
    "measure-available": "un correctif ou une mesure existe",
    "fix-published": "un correctif est publié",
    disclosed: "la faille est rendue publique",
    "advisory-published": "un avis est publié",
    "became-aware": "nous en avons connaissance",
    exploited: "nous savons qu'elle est exploitée",
    "severe-incident": "un incident grave est établi",
    "early-warning-filed": "une alerte précoce est adressée à l'autorité",
    "notification-filed": "une notification est adressée à l'autorité",
    "report-requested": "un rapport est demandé",
    "intermediate-report-filed": "un rapport intermédiaire est adressé à l'autorité",
    "final-report-filed": "un rapport final est adressé à l'autorité",
    "users-told": "les utilisateurs touchés sont informés",
    silence: "vous n'avez rien reçu",
    resent: "vous pouvez renvoyer votre signalement",
    closed: "le signalement est clos",
  },
  steps: "Du signalement à la divulgation",
  stepWho: { reporter: "vous", tenant: "nous", both: "les deux" },
  termsTitle: {
    "safe-harbour": "Absence de poursuites",
    credit: "Mention",
    bounty: "Prime",
    disclosure: "Divulgation",
    reporting: "Règles de signalement",
  },
  creditPlaces: "Mention dans",
  terms: "Ce qui vaut entre nous",
  about: "À propos de cette politique",
  capacity: "Combien nous sommes",
  purposes: "À quoi cela sert",
  principles: "Comment les changements sont traités",

  scopeTitle: "Périmètre des signalements",
  inScope: "Inclus",
  outOfScope: "Exclu",
  path: "Chemin",
  reason: "Raison",
  examples: "Exemples",
  topics: "Sujets",
  goTo: "À signaler à",
  fromLabels: "D'après les niveaux",
  bypassIn: "Contourner ce qui est Imposé est inclus, et particulièrement bienvenu. Aujourd'hui :",
  partialOut: "Ce qui est Partiel est exclu : la lacune est reconnue. Aujourd'hui :",
  assetKinds: {
    binary: "programme",
    service: "service",
    module: "module",
    chart: "chart",
    "web-application": "application web",
    library: "bibliothèque",
    database: "base de données",
    api: "API",
    interface: "interface",
    pipeline: "pipeline",
    other: "autre",
  },

  supportTitle: "Versions maintenues",
  versions: "Versions",
  places: {
    development: "branche de développement",
    "latest-release": "dernière version",
    "previous-minor": "version mineure précédente",
    older: "tout ce qui est plus ancien",
  },
  levels: {
    "all-fixes": "tous les correctifs de sécurité",
    "critical-and-high": "correctifs critiques et élevés",
    "best-effort": "au mieux",
    none: "aucun correctif",
  },
  until: "Jusqu'au",
  noEnd: "aucune fin fixée",
  supportEnded: (age) => `terminé il y a ${days(age)}`,
  releaseDuties: "Ce qu'une version apporte",
  dutyPlace: { "release-notes": "dans les notes de version", "release-files": "à côté de la version" },
  dutyOf: "Quelles versions",
  formats: "Formats",

  risksTitle: "Risques acceptés",
  risksLede: (n) =>
    `${capital(n === 1 ? "un risque est connu et accepté" : `${inWords(n)} risques sont connus et acceptés`)}.`,
  riskKinds: { gap: "lacune", "by-design": "voulu", "operator-duty": "à la charge de l'exploitant" },
  riskKindMeaning: {
    gap: "à combler",
    "by-design": "choisi ainsi",
    "operator-duty": "qui exploite le produit y veille",
  },
  noReviewDay: "aucun jour de révision fixé",

  exceptionsTitle: "Exceptions pour des dépendances",
  exceptionsLede: (n, overdue) =>
    `${capital(n === 1 ? "un avis sur une dépendance est toléré" : `${inWords(n)} avis sur des dépendances sont tolérés`)} pour l'instant. ${
      overdue === 0
        ? "Aucune révision n'est dépassée."
        : `${capital(spelt(overdue, "révision est dépassée", "révisions sont dépassées"))}.`
    }`,
  exceptionKinds: { vulnerable: "vulnérable", unmaintained: "non maintenu", notice: "avis" },
  warningOnly: "un simple avertissement",
  overdueBy: (age) => `${days(age)} de retard`,
  dueIn: (left) => (left === 0 ? "dû aujourd'hui" : `dû dans ${days(left)}`),
  noUpgrade: "Pourquoi pas de mise à jour",
  unreachable: "Pourquoi hors d'atteinte",
  endsWhen: "Prend fin quand",
  broughtInBy: "Apporté par",
  directly: "une dépendance directe",
  nextReview: "Prochaine révision",
  also: "aussi",
  gateEnforced: "un contrôle échoue une fois le jour passé",
  gateNot: "aucun contrôle ne l'impose",
  recordedIn: "Consigné dans",
  lookedAt: "Examiné",

  threatTitle: "Modèle de menaces",
  archived: "archivé",
  exposes: "Ce qui est exposé",
  assets: "Ce qui vaut une attaque",
  surfaces: "Où l'on peut attaquer",
  exposure: "Exposé",
  risk: "Risque",
  mitigations: "Ce qui est fait",
  noMitigations: "Rien n'est consigné.",
  settings: "Réglages",
  headers: "En-têtes",
  answers: "Réponses",
  logs: "Journalisé sous",
  layersTitle: "Couches, de l'extérieur vers l'intérieur",
  flowParties: "Entre",
  tokensTitle: "Jetons",
  token: "Jeton",
  lifetime: "Durée",
  rotation: "Renouvellement",
  replay: "Second usage",
  notSaid: "non précisé",
  exclusions: "Ce qu'il laisse de côté",
  evolution: "Où il va",
  links: "Voir aussi",

  checksTitle: "Contrôles",
  checksLede: (n, gates) =>
    `${n === 1 ? "Un contrôle est listé" : `${n === 0 ? "Aucun" : capital(inWords(n))} contrôles sont listés`} ; ${
      gates === 0 ? "aucun ne peut" : gates === 1 ? "un peut" : `${inWords(gates)} peuvent`
    } arrêter une version.`,
  when: "Quand",
  lastRun: "Dernière exécution",
  neverRun: "aucune exécution consignée",
  passed: "réussi",
  failed: "échoué",
  gate: "arrête une version",
  recommended: "recommandé ; rien ne dit que c'est fait",
  toolsTitle: "Outils pour les contributeurs",
  frameworksTitle: "Référentiels",
  frameworksNote: "Figurer ici n'est pas un certificat.",
  control: "Mesure",
  state: "État",
  claims: "Affirmations",
  controlState: { met: "satisfaite", "partly-met": "en partie satisfaite", "not-met": "non satisfaite" },
  noState: "non précisé",
  documentsTitle: "Documents",
  documentRoles: {
    policy: "politique",
    "threat-model": "modèle de menaces",
    "release-gate": "contrôle de version",
    "review-rules": "règles de relecture",
    "compliance-registry": "registre de conformité",
    runbook: "guide d'exploitation",
    other: "autre",
  },
  documentTriggers: "S'applique à",
  file: "Fichier",
  lines: (n) => counted(n, "ligne", "lignes"),
  linesOfCode: (n) => `dont ${String(n)} de texte`,

  hardeningTitle: "Liste de durcissement",
  hardeningLede: "Pour qui exploite le produit : à cocher à la main.",
  need: { required: "nécessaire", recommended: "recommandé" },
  needed: "Besoin",
  reasonFor: "Raison",

  policiesTitle: "Politiques par composant",
  partOf: "Partie de",
  below: "En dessous",

  thanksTitle: "Remerciements",
  thanksLede: (n) =>
    n === 0
      ? "Personne n'a encore été mentionné ici."
      : `${capital(n === 1 ? "une personne a" : `${inWords(n)} personnes ont`)} signalé ce que nous avons ensuite corrigé.`,

  releasesTitle: "Publications",
  releasesLede: "Chaque état publié un jour reste lisible tel quel.",
  older: "Publications antérieures",
  publishedAt: "Publié",
  askedFor: "Demandé",
  restores: "Montre à nouveau",
  bodyBytes: "Taille en octets",
  previous: "Contenu précédent",
  files: "Fichiers",
  pagesThen: "Ses pages, telles qu'elles étaient",
  pagesThenWords: "Les âges sont ceux du jour de la publication.",
  cosignWords: "La signature se vérifie sans aucun outil de notre part :",
  moved: "Niveaux changés",
  nothing: "rien",
  organisation: "Organisation",
  current: "actuelle",
  withdrawn: "retirée",
  compareWith: (n) => `comparer à la publication ${String(n)}`,
  withdrawnTitle: (n) => `La publication ${String(n)} a été retirée`,
  withdrawnWords: "Son texte n'est plus lisible. Son empreinte reste dans le journal public.",
  diffTitle: (from, to) => `De la publication ${String(from)} à la publication ${String(to)}`,
  added: "ajouté",
  removed: "supprimé",
  differs: "modifié",
  nothingChanged: "Rien de ce qui est publié ne diffère.",
  before: "Avant",
  after: "Après",
  kindNames: {
    purposes: "Buts",
    labels: "Niveaux",
    claims: "Affirmations",
    risks: "Risques acceptés",
    exceptions: "Exceptions",
    scope: "Périmètre",
    support: "Versions maintenues",
    commitments: "Promesses",
    channels: "Voies de signalement",
    "report-fields": "Contenu d'un signalement",
    "disclosure-steps": "Étapes vers la divulgation",
    terms: "Conditions",
    credits: "Remerciements",
    "threat-models": "Modèles de menaces",
    surfaces: "Surfaces d'attaque",
    layers: "Couches",
    tokens: "Jetons",
    checks: "Contrôles",
    hardening: "Durcissement",
    "release-duties": "Obligations d'une version",
    policies: "Politiques",
    documents: "Documents",
    tools: "Outils",
    frameworks: "Référentiels",
  },

  searchTitle: "Recherche",
  searchFor: "Mots à chercher dans ce qui est publié ici",
  searchButton: "Chercher",
  found: (n, query) =>
    n === 0
      ? `Rien ici ne contient « ${query} ».`
      : `${counted(n, "endroit contient", "endroits contiennent")} « ${query} ».`,
  moreFound: (n) => `Les ${String(n)} premiers sont montrés. Un mot de plus réduit la liste.`,

  changedOn: (name) => `${name} : état de la sécurité`,
};
