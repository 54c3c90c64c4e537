/** Asking to be told of releases, and what came of it. The forms are sent to `subscriptions`, which leads back here. */
import { html } from "hono/html";
import type { Html } from "../design/html.ts";
import type { Page } from "../page.ts";
import type { View } from "../view.ts";
import { subscribing } from "../words/subscribing.ts";

type Words = (typeof subscribing)[string];

/** The page at a path below `/subscribe`; `undefined` where there is none. */
export function subscribePage(view: View, path: string, query: URLSearchParams): Page | undefined {
  const words = subscribing[view.language] ?? subscribing["en"];
  if (!words) return undefined;
  const token = query.get("token") ?? "";
  switch (path) {
    case "/subscribe":
      return page(view, words.title, askForm(view, words, query.get("fault") === "address"));
    case "/subscribe/confirm":
      return page(view, words.confirm[0], oneButton("/subscribe/confirm", token, words.confirm));
    case "/subscribe/unsubscribe":
      return page(view, words.leave[0], oneButton("/subscribe/unsubscribe", token, words.leave));
    case "/subscribe/sent":
      return said(view, words.sent);
    case "/subscribe/confirmed":
      return said(view, words.confirmed);
    case "/subscribe/ended":
      return said(view, words.ended);
    case "/subscribe/expired":
      return said(view, words.expired);
    default:
      return undefined;
  }
}

const page = ({ organisation }: View, title: string, main: Html): Page => ({
  ...{ title: `${title} - ${organisation.name}`, description: title, facts: {} },
  main: () => html`<h1>${title}</h1>${main}`,
});

const said = (view: View, [title, text]: Words["sent"]): Page =>
  page(
    view,
    title,
    html`<p class="lede" role="status">${text}</p><p><a href="${view.to("/")}">${view.organisation.name}</a></p>`,
  );

/** A link in a mail is opened by scanners too: only the button does something. */
const oneButton = (action: string, token: string, [, text, button]: Words["confirm"]): Html =>
  html`<p class="lede">${text}</p>
<form class="ask" action="${action}" method="post"><input type="hidden" name="token" value="${token}"><button type="submit">${button}</button></form>`;

function askForm({ organisation, language }: View, words: Words, isBad: boolean): Html {
  return html`<p class="lede">${words.about(organisation.name)}</p>
<form class="ask" action="/subscribe" method="post">
<p><label for="address">${words.address}</label><input id="address" name="address" type="email" required maxlength="254" autocomplete="email"${
    isBad ? html` aria-invalid="true" aria-describedby="fault"` : ""
  }></p>
${isBad ? html`<p id="fault" role="alert"><strong>${words.badAddress}</strong></p>` : ""}
<fieldset><legend>${words.every}</legend>
<p><input type="radio" id="release" name="every" value="release" checked><label for="release">${words.each}</label></p>
<p><input type="radio" id="week" name="every" value="week"><label for="week">${words.week}</label></p></fieldset>
<input type="hidden" name="language" value="${language}">
<p class="quiet">${words.next}</p>
<button type="submit">${words.ask}</button></form>`;
}
