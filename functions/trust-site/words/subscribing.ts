/** The words of the pages below `/subscribe`, by the language of the frame. */
interface SubscribingWords {
  readonly title: string;
  readonly about: (tenant: string) => string;
  readonly address: string;
  readonly every: string;
  readonly each: string;
  readonly week: string;
  readonly next: string;
  readonly ask: string;
  readonly badAddress: string;
  readonly sent: readonly [title: string, text: string];
  readonly confirm: readonly [title: string, text: string, button: string];
  readonly confirmed: readonly [title: string, text: string];
  readonly leave: readonly [title: string, text: string, button: string];
  readonly ended: readonly [title: string, text: string];
  readonly expired: readonly [title: string, text: string];
}

export const subscribing: Readonly<Record<string, SubscribingWords>> = {
  en: {
    title: "Be told of changes",
    about: (tenant) => `When ${tenant} publishes a new release of its posture, you get a mail that says what changed.`,
    address: "Your mail address",
    every: "How often",
    each: "after each release, an hour later",
    week: "at most once a week",
    next: "You are sent one mail with a link. Nothing more comes before you confirm there. The address is encrypted when it arrives; each mail has a link that ends it.",
    ask: "Send me the mail",
    badAddress: "That is no mail address. Write it as name@example.org.",
    sent: [
      "Look in your mailbox",
      "If the address can be told, a mail is on its way. Open the link in it within seven days. Nothing there? Look among unwanted mail, then ask again tomorrow.",
    ],
    confirm: [
      "Confirm your address",
      "One more step, so that nobody else can enter it for you.",
      "Yes, tell me of changes",
    ],
    confirmed: ["You will be told", "From the next release on. Every mail has a link that ends it."],
    leave: ["No more mail", "This ends the subscription and forgets the address.", "End it"],
    ended: [
      "It is ended",
      "The address is forgotten. No further mail is made for it; one that had left already may still arrive.",
    ],
    expired: [
      "This link is not good any more",
      "It was used, replaced by a newer one, or is older than seven days. Ask for a new mail.",
    ],
  },
  de: {
    title: "Von Änderungen erfahren",
    about: (tenant) =>
      `Wenn ${tenant} eine neue Ausgabe seines Sicherheitsstands veröffentlicht, erhalten Sie eine E-Mail, die sagt, was sich geändert hat.`,
    address: "Ihre E-Mail-Adresse",
    every: "Wie oft",
    each: "nach jeder Ausgabe, eine Stunde später",
    week: "höchstens einmal in der Woche",
    next: "Sie erhalten eine E-Mail mit einem Link. Bevor Sie dort bestätigen, kommt nichts weiter. Die Adresse wird beim Eintreffen verschlüsselt; jede E-Mail hat einen Link, der es beendet.",
    ask: "E-Mail anfordern",
    badAddress: "Das ist keine E-Mail-Adresse. Schreiben Sie sie wie name@example.org.",
    sent: [
      "Sehen Sie in Ihr Postfach",
      "Wenn die Adresse erreichbar ist, ist eine E-Mail unterwegs. Öffnen Sie den Link darin innerhalb von sieben Tagen. Nichts da? Sehen Sie unter unerwünschten E-Mails nach und versuchen Sie es morgen wieder.",
    ],
    confirm: [
      "Adresse bestätigen",
      "Noch ein Schritt, damit niemand sonst sie für Sie einträgt.",
      "Ja, Änderungen mitteilen",
    ],
    confirmed: ["Sie werden es erfahren", "Von der nächsten Ausgabe an. Jede E-Mail hat einen Link, der es beendet."],
    leave: ["Keine E-Mails mehr", "Das beendet das Abonnement und vergisst die Adresse.", "Beenden"],
    ended: [
      "Es ist beendet",
      "Die Adresse ist vergessen. Es wird keine E-Mail mehr für sie erstellt; eine bereits gesendete kann noch ankommen.",
    ],
    expired: [
      "Dieser Link gilt nicht mehr",
      "Er wurde benutzt, durch einen neueren ersetzt oder ist älter als sieben Tage. Fordern Sie eine neue E-Mail an.",
    ],
  },
  fr: {
    title: "Être averti des changements",
    about: (tenant) =>
      `Quand ${tenant} publie une nouvelle édition de sa posture, vous recevez un courriel qui dit ce qui a changé.`,
    address: "Votre adresse électronique",
    every: "À quelle fréquence",
    each: "après chaque édition, une heure plus tard",
    week: "au plus une fois par semaine",
    next: "Vous recevez un courriel avec un lien. Rien d'autre n'est envoyé avant que vous n'y confirmiez. L'adresse est chiffrée dès son arrivée ; chaque courriel contient un lien pour y mettre fin.",
    ask: "Envoyez-moi le courriel",
    badAddress: "Ce n'est pas une adresse électronique. Écrivez-la comme nom@example.org.",
    sent: [
      "Regardez votre boîte de réception",
      "Si l'adresse peut être jointe, un courriel est en route. Ouvrez le lien qu'il contient dans les sept jours. Rien ? Regardez parmi les indésirables, puis réessayez demain.",
    ],
    confirm: [
      "Confirmez votre adresse",
      "Une dernière étape, pour que personne d'autre ne l'inscrive à votre place.",
      "Oui, avertissez-moi",
    ],
    confirmed: [
      "Vous serez averti",
      "À partir de la prochaine édition. Chaque courriel contient un lien pour y mettre fin.",
    ],
    leave: ["Plus de courriels", "Ceci met fin à l'abonnement et oublie l'adresse.", "Y mettre fin"],
    ended: [
      "C'est terminé",
      "L'adresse est oubliée. Plus aucun courriel n'est préparé pour elle ; un envoi déjà parti peut encore arriver.",
    ],
    expired: [
      "Ce lien n'est plus valable",
      "Il a été utilisé, remplacé par un plus récent, ou date de plus de sept jours. Demandez un nouveau courriel.",
    ],
  },
};
