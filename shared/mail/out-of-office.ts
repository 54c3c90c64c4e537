/**
 * How out-of-office notes begin their subject, by language, as mail programs write them. Only what stands first and is followed by a
 * separator counts: "Out of office auto-reply leaks addresses" is a report.
 */
const openings = [
  "automatic reply",
  "auto-reply",
  "autoreply",
  "auto reply",
  "auto response",
  "automatic response",
  "out of office",
  "out of office reply",
  "away from my mail",
  "abwesenheitsnotiz",
  "automatische antwort",
  "automatische beantwortung",
  "abwesend",
  "réponse automatique",
  "absence du bureau",
  "message d'absence",
  "respuesta automática",
  "fuera de la oficina",
  "resposta automática",
  "ausência temporária",
  "risposta automatica",
  "fuori sede",
  "automatisch antwoord",
  "afwezigheidsbericht",
  "niet aanwezig",
  "autosvar",
  "automatiskt svar",
  "automatisk svar",
  "frånvaro",
  "fraværende",
  "automaattinen vastaus",
  "autopowiadomienie",
  "odpowiedź automatyczna",
  "automatická odpověď",
  "automatikus válasz",
  "otomatik yanıt",
  "автоответ",
  "автоматический ответ",
  "自動応答",
  "自動返信",
  "不在通知",
  "自动答复",
  "自动回复",
  "自動回覆",
  "자동 회신",
  "부재중",
];

/** Whether a subject looks like an out-of-office note. A hint only: it may withhold an acknowledgement, never a report. */
export function looksOutOfOffice(subject: string): boolean {
  const text = subject.trim().toLowerCase().normalize("NFC");
  return openings.some(
    (opening) => text.startsWith(opening) && /^\s*(?:$|[:：\-–—(（]|re:|aw:)/u.test(text.slice(opening.length)),
  );
}
