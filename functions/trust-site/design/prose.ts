import { html } from "hono/html";
import { type Block, type Inline, treeOf } from "#shared/posture/prose-tree.ts";
import type { View } from "../view.ts";
import type { Html } from "./html.ts";

/** A text as blocks. */
export function prose(text: string, view: View): Html {
  return html`${treeOf(text, view.prose).map((block) => blockOf(block, view))}`;
}

/** A text where a paragraph would be too much: the inline parts of its only paragraph, else its blocks. */
export function phrase(text: string, view: View): Html {
  const tree = treeOf(text, view.prose);
  const [first] = tree;
  return tree.length === 1 && first?.[0] === "p" ? inlines(first[1], view) : prose(text, view);
}

/** The words of a text without any mark: for descriptions, and to search in. */
export function plainText(text: string, { prose: trees }: Pick<View, "prose">): string {
  return treeOf(text, trees).map(wordsOfBlock).join(" ");
}

function blockOf(block: Block, view: View): Html {
  switch (block[0]) {
    case "p":
      return html`<p>${inlines(block[1], view)}</p>`;
    // Its place among the page's headings is not known here, so it is only set off.
    case "h":
      return html`<p><strong>${inlines(block[1], view)}</strong></p>`;
    case "pre":
      return html`<pre><code>${block[1]}</code></pre>`;
    case "quote":
      return html`<blockquote>${block[1].map((inner) => blockOf(inner, view))}</blockquote>`;
    case "ul":
      return html`<ul>${block[1].map((item) => html`<li>${itemOf(item, view)}</li>`)}</ul>`;
    case "ol":
      return html`<ol start="${block[1]}">${block[2].map((item) => html`<li>${itemOf(item, view)}</li>`)}</ol>`;
    case "table":
      return tableOf(block[1], block[2], view);
    case "hr":
      return html`<hr>`;
  }
}

/** A list whose items are one paragraph each is set tight. */
function itemOf(blocks: readonly Block[], view: View): Html {
  const [first, ...more] = blocks;
  if (first?.[0] === "p") return html`${inlines(first[1], view)}${more.map((block) => blockOf(block, view))}`;
  return html`${blocks.map((block) => blockOf(block, view))}`;
}

function tableOf(
  head: readonly (readonly Inline[])[],
  rows: readonly (readonly (readonly Inline[])[])[],
  view: View,
): Html {
  return html`<table><thead><tr>${head.map((cell) => html`<th scope="col">${inlines(cell, view)}</th>`)}</tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, column) => html`<td data-of="${wordsOf(head[column] ?? [])}">${inlines(cell, view)}</td>`)}</tr>`,
  )}</tbody></table>`;
}

const inlines = (list: readonly Inline[], view: View): Html => html`${list.map((inline) => inlineOf(inline, view))}`;

function inlineOf(inline: Inline, view: View): Html {
  if (typeof inline === "string") return html`${inline}`;
  switch (inline[0]) {
    case "em":
      return html`<em>${inlines(inline[1], view)}</em>`;
    case "strong":
      return html`<strong>${inlines(inline[1], view)}</strong>`;
    case "del":
      return html`<del>${inlines(inline[1], view)}</del>`;
    case "code":
      return html`<code>${inline[1]}</code>`;
    case "br":
      return html`<br>`;
    case "a":
      return linked(inline[1], inlines(inline[2], view), view);
  }
}

/** What was saved is checked; what is rendered is looked at again, since old releases are shown too. */
function linked(target: string, text: Html, { to }: View): Html {
  if (/^\/(?![/\\])/.test(target)) return html`<a href="${to(target)}">${text}</a>`;
  return /^(?:https?:\/\/|mailto:|#)/i.test(target) ? html`<a href="${target}">${text}</a>` : text;
}

const wordsOf = (list: readonly Inline[]): string =>
  list
    .map((inline) => {
      if (typeof inline === "string") return inline;
      if (inline[0] === "br") return " ";
      return inline[0] === "code" ? inline[1] : wordsOf(inline[0] === "a" ? inline[2] : inline[1]);
    })
    .join("");

function wordsOfBlock(block: Block): string {
  switch (block[0]) {
    case "p":
    case "h":
      return wordsOf(block[1]);
    case "pre":
      return block[1];
    case "quote":
      return block[1].map(wordsOfBlock).join(" ");
    case "ul":
      return block[1].flat().map(wordsOfBlock).join(" ");
    case "ol":
      return block[2].flat().map(wordsOfBlock).join(" ");
    case "table":
      return [block[1], ...block[2]].flat().map(wordsOf).join(" ");
    case "hr":
      return "";
  }
}
