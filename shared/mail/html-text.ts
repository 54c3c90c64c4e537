import { compile, type FormatCallback, type HtmlToTextOptions } from "html-to-text";

/** Characters of one message that go through the HTML parser at most. */
export const MAX_HTML = 1024 * 1024;
/** Elements open at a time: the parser's work grows with its stack. */
const MAX_OPEN_TAGS = 500;
/** Of these, quotes and lists, whose every line is indented once per level. */
const MAX_INDENTS = 20;

const hidden: FormatCallback = (element, walk, builder) => {
  const href: unknown = element.attribs?.["href"];
  builder.addInline("[hidden text: ");
  walk(element.children, builder);
  builder.addInline(typeof href === "string" ? ` [${href}]]` : "]");
};

/** What browsers do not show, as mail writes it. `i` compares without case; a font size of 0 must not match 0.9em. */
const hiddenSelectors = [
  "[hidden]",
  ...["display:none", "visibility:hidden", "mso-hide:all", "font-size:0px", "font-size:0;"].flatMap((style) => [
    `[style*="${style}" i]`,
    `[style*="${style.replace(":", ": ")}" i]`,
  ]),
  '[style$="font-size:0" i]',
  '[style$="font-size: 0" i]',
];

const options: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxInputLength: MAX_HTML, maxDepth: MAX_OPEN_TAGS },
  formatters: { hidden },
  selectors: [
    { selector: "a", options: { ignoreHref: false, noAnchorUrl: false, hideLinkHrefIfSameAsText: true } },
    { selector: "img", options: { linkBrackets: ["[image: ", "]"] } },
    ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
    ...hiddenSelectors.map((selector) => ({ selector, format: "hidden" })),
  ],
};

/** Compiled at first use: most mail has plain text, and a fresh Lambda should not wait for this. */
let compiled: ((html: string) => string) | undefined;

function convert(html: string): string {
  compiled ??= compile(options);
  return compiled(html);
}

/**
 * HTML as text for reading: links show where they really lead, text that a browser would hide is kept and marked, scripts and styles
 * are dropped, nothing is fetched. Undefined where the work would not be linear: see `stripTags`.
 */
export function htmlToText(html: string): string | undefined {
  if (html.length > MAX_HTML || isTooDeep(html)) return undefined;
  try {
    return convert(html);
  } catch {
    return undefined; // whatever the parser stumbled over, the text can still be shown without it
  }
}

const voidTags = new Set([
  "area",
  "base",
  "br",
  "col",
  "embed",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "source",
  "track",
  "wbr",
]);

const indentTags = new Set(["blockquote", "ul", "ol"]);

/** Counts what is open at a time, from above: an end tag closes its own element only. */
function isTooDeep(html: string): boolean {
  const open = new Map<string, number>();
  let total = 0;
  let indents = 0;
  for (const [, slash, tag = ""] of html.matchAll(/<(\/?)([a-z][^\s/>]{0,30})/gi)) {
    const name = tag.toLowerCase();
    if (voidTags.has(name)) continue;
    const count = open.get(name) ?? 0;
    const change = slash === "" ? 1 : count > 0 ? -1 : 0;
    open.set(name, count + change);
    total += change;
    if (indentTags.has(name)) indents += change;
    if (total > MAX_OPEN_TAGS || indents > MAX_INDENTS) return true;
  }
  return false;
}

const blockTags = new Set(["p", "div", "br", "tr", "li", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"]);
const href = /\shref\s*=\s*["']?([^\s"'>]{1,2000})/i;

/** HTML without its tags, scripts and styles, with link targets: the plain way, linear for any input. */
export function stripTags(html: string): string {
  const kept: string[] = [];
  let at = 0;
  for (let open = html.indexOf("<"); open >= 0; open = html.indexOf("<", at)) {
    const close = html.indexOf(">", open);
    if (close < 0) break;
    const isEnd = html[open + 1] === "/";
    const name = tagName(html, isEnd ? open + 2 : open + 1);
    kept.push(html.slice(at, open), blockTags.has(name) ? "\n" : " ");
    at = close + 1;
    if (isEnd) continue;
    const target = name === "a" ? href.exec(html.slice(open, close))?.[1] : undefined;
    if (target !== undefined) kept.push("[", target, "] ");
    if (name === "script" || name === "style") at = endOfRawText(html, at, name);
  }
  const text = [...kept, html.slice(at)].join("");
  // Only what changes is matched: text of single spaces costs no work.
  const lines = text
    .replace(/[ \t\r]{2,}|[\t\r]/g, " ")
    .replace(/ \n ?|\n /g, "\n")
    .replace(/\n{3,}/g, "\n\n");
  return decodeEntities(lines).trim();
}

function tagName(html: string, from: number): string {
  let to = from;
  while (to < from + 12 && /[a-z0-9]/i.test(html[to] ?? "")) to++;
  return html.slice(from, to).toLowerCase();
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** The entities that change what a text says; others stay readable as they are. */
function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|(amp|lt|gt|quot|apos|nbsp));/g,
    (whole, code: string | undefined, name: string | undefined) => {
      if (name !== undefined) return entities[name] ?? whole;
      const point = Number(code);
      return point > 0x10ffff ? whole : String.fromCodePoint(point);
    },
  );
}

function endOfRawText(html: string, from: number, name: string): number {
  const end = name === "script" ? /<\/script/gi : /<\/style/gi;
  end.lastIndex = from;
  return end.exec(html)?.index ?? html.length;
}
