import { html } from "hono/html";
import type { Kept } from "#shared/posture/content.ts";
import { anchor } from "../design/anchor.ts";
import { lengthInWords } from "../design/dates.ts";
import type { Html } from "../design/html.ts";
import { phrase, prose } from "../design/prose.ts";
import type { View } from "../view.ts";

type Commitment = Kept<"commitments">;

/** What is promised, in words made from the record that the clocks run by; or in the tenant's own, where it gave some. */
export function promiseFacts(commitment: Commitment, view: View) {
  const { id, title, trigger, end, length, force, repeats, legal, extension, pausedBy, appliesTo, statement } =
    commitment;
  const { language, words } = view;
  const own = commitment.words?.[language];
  return {
    ...{ id, title, trigger, end, length, force, repeats, legal },
    sentence: own ?? sentenceOf(commitment, view),
    conditions: [
      ...(appliesTo?.severities
        ? [words.promise.severities(appliesTo.severities.map((severity) => words.severity[severity]))]
        : []),
      ...(appliesTo?.products ? [words.promise.products(appliesTo.products)] : []),
      ...(legal ? [words.promise.legal] : []),
      ...(pausedBy.length > 0 ? [words.promise.paused(pausedBy.map((reason) => words.pauses[reason]))] : []),
      ...(extension ? [words.promise.extension(extension.reasons)] : []),
    ],
    ...(statement === undefined ? {} : { statement }),
  };
}

function sentenceOf({ trigger, end, length, repeats }: Commitment, { words }: View): string {
  const { promise, ends, triggers } = words;
  if (typeof length === "object" && "from" in length)
    return promise.between(inWords(length.from, words), inWords(length.to, words), triggers[trigger], ends[end]);
  const said = inWords(length, words);
  return repeats
    ? promise.repeated(words.every(said), triggers[trigger], ends[end])
    : promise.within(said, triggers[trigger], ends[end]);
}

function inWords(length: string | { readonly businessDays: number }, words: View["words"]): string {
  if (typeof length === "object") return words.businessDays(length.businessDays);
  return length === "P0D" ? words.length(0, "D") : lengthInWords(length, words);
}

export function promiseEntry(promise: ReturnType<typeof promiseFacts>, view: View): Html {
  const { id, title, force, sentence, conditions, statement } = promise;
  return html`<article class="entry" id="${anchor("commitments", id)}"><div class="side"><p>${view.words.force[force]}</p></div>
<div><h3>${title}</h3><p>${phrase(sentence, view)}</p>${conditions.length === 0 ? "" : html`<p class="quiet">${conditions.join(" ")}</p>`}${
    statement === undefined ? "" : prose(statement, view)
  }</div></article>`;
}
