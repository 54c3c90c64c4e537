/**
 * The one style of every page: paper, ink, rules. It stands in the page, so that a page is one request; what differs from tenant to
 * tenant is a second, tiny one (accent.ts). Labels are told apart by fill; colour repeats what fill and words say.
 */
import { createHash } from "node:crypto";

const light =
  "--paper:#fbfaf6;--sheet:#fff;--ink:#1b1d20;--soft:#575d64;--rule:#dcd8cd;--sure:#1d6844;--doubt:#a3232d;--late:#7d5200;--bar:#d9d5c9";
const dark =
  "--paper:#141618;--sheet:#1b1e21;--ink:#e9e6df;--soft:#a7adb3;--rule:#34383c;--sure:#74c79c;--doubt:#f09490;--late:#e3b158;--bar:#3c4145";

const sans = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif';
const serif = 'Charter,"Bitstream Charter","Iowan Old Style","Palatino Linotype",Palatino,Georgia,"DejaVu Serif",serif';
const mono = 'ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace';

const hatch = (colour: string) => `repeating-linear-gradient(135deg,${colour} 0 1.5px,transparent 1.5px 5px)`;

const rules = `
:root{color-scheme:light dark;${light};--link:#14568a}
@media (prefers-color-scheme:dark){:root{${dark};--link:#8cbfea}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 ${sans};font-variant-numeric:tabular-nums;overflow-wrap:break-word}
.wide{max-width:64rem;margin-inline:auto;padding-inline:clamp(1.1rem,4vw,2.5rem)}
a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:.18em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--link);outline-offset:3px;border-radius:1px}
h1,h2{font-family:${serif};font-weight:400;text-wrap:balance}
h1{font-size:clamp(2.1rem,1.5rem + 2.6vw,3.15rem);line-height:1.1;letter-spacing:-.012em;margin:clamp(2rem,5vw,3.5rem) 0 1.1rem}
h2{font-size:1.6rem;line-height:1.2;margin:4rem 0 0;padding:.8rem 0 .9rem;border-top:3px solid var(--ink);border-bottom:1px solid var(--rule)}
h3{font-size:1.0625rem;line-height:1.35;margin:0 0 .35rem;text-wrap:pretty}
h4{font-size:.95rem;margin:1.4rem 0 .35rem}
p,ul,ol,dl,table,pre,blockquote,figure{margin:0 0 .8rem}
p,li,dd{text-wrap:pretty}
ul,ol{padding-left:1.2rem}
li{margin:.25rem 0}
code,pre,kbd{font-family:${mono};font-size:.875em}
code{overflow-wrap:anywhere}
blockquote{padding-left:1rem;border-left:2px solid var(--rule)}
hr{border:0;border-top:1px solid var(--rule);margin:1.5rem 0}
.unseen{position:absolute;width:1px;height:1px;margin:-1px;padding:0;border:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-99rem;padding:.6rem 1rem;background:var(--paper)}
.skip:focus{left:0;top:0;z-index:1}
.bar{border-bottom:1px solid var(--rule);background:var(--sheet)}
.bar>.wide{display:flex;flex-wrap:wrap;align-items:center;column-gap:1.6rem;row-gap:.1rem;padding-block:.7rem}
.owner{margin-right:auto;font:600 1.2rem/1.3 ${serif};color:var(--ink);text-decoration:none;display:flex;align-items:center;gap:.7rem;padding:.3rem 0}
.owner img{display:block;height:2rem;width:auto;max-width:11rem;object-fit:contain}
.bar nav ul{display:flex;flex-wrap:wrap;column-gap:1.4rem;list-style:none;margin:0;padding:0}
.bar nav li{margin:0}
.bar nav a{display:block;padding:.45rem 0;font-size:.97rem;color:var(--ink);text-decoration:none;border-bottom:2px solid transparent}
.bar nav a:hover{border-color:var(--rule)}
.bar nav a[aria-current]{border-color:var(--link)}
.bar nav a.act{color:var(--link);font-weight:600}
main{padding-bottom:4rem}
.above{margin:clamp(1.6rem,4vw,2.6rem) 0 -1.6rem;font-size:.92rem}
.lede{font-size:clamp(1.2rem,1.1rem + .5vw,1.4rem);line-height:1.45;max-width:41rem;margin-bottom:1.2rem}
.text{max-width:41rem}
.quiet,.meta{color:var(--soft);font-size:.92rem;line-height:1.5}
.meta{display:flex;flex-wrap:wrap;column-gap:1.4rem;row-gap:.15rem;list-style:none;padding:0}
.meta li{margin:0}
.strip{display:grid;grid-template-columns:repeat(auto-fit,minmax(2.6rem,1fr));gap:4px;list-style:none;margin:1.6rem 0 .8rem;padding:0}
.strip.many{grid-template-columns:repeat(auto-fill,minmax(1.6rem,1fr));gap:3px}
.strip li{margin:0}
.cell{display:block;height:2.4rem;position:relative}
.many .cell{height:1.6rem}
:where(.cell,.stamp,.key i){border:1.5px solid var(--sure)}
.enforced{background:var(--sure)}
.beta{border-style:dashed}
.partial{border-color:var(--doubt);background-image:${hatch("var(--doubt)")}}
.mixed{background:linear-gradient(105deg,var(--sure) 50%,transparent 50%)}
.unlabelled{border-color:var(--soft);border-style:dotted}
.cell.late::after,.cell.undated::after,.key .late::after,.key .undated::after{content:"";position:absolute;inset:auto 0 0;height:6px;background:var(--late);border-top:2px solid var(--paper)}
.cell.undated::after,.key .undated::after{background:repeating-linear-gradient(90deg,var(--late) 0 4px,var(--paper) 4px 7px)}
.key{display:flex;flex-wrap:wrap;column-gap:1.3rem;row-gap:.2rem;list-style:none;padding:0;margin-bottom:0;font-size:.9rem;color:var(--soft)}
.key li{display:flex;align-items:center;gap:.45rem;margin:0}
.key i{width:1.05rem;height:1.05rem;position:relative;flex:none}
.key .late,.key .undated{border-color:transparent}
.key b{color:var(--ink);font-weight:600}
.glance{display:grid;grid-template-columns:8.5rem minmax(0,1fr);margin:2rem 0 0;border-top:1px solid var(--rule)}
.glance dt,.glance dd{margin:0;padding:.6rem 0;border-bottom:1px solid var(--rule)}
.glance dt{color:var(--soft);padding-right:1.5rem}
.bad{color:var(--late);font-weight:600}
.good{color:var(--sure);font-weight:600}
.command{user-select:all;-webkit-user-select:all;overflow-wrap:anywhere}
.entry{display:grid;grid-template-columns:9.5rem minmax(0,41rem);column-gap:1.8rem;padding:1.5rem 0 1.1rem;border-bottom:1px solid var(--rule)}
.entry:last-child,.entry.first{border-bottom:0}
.entry.first{padding-top:.4rem}
.below{padding-top:1.2rem}
.entry:target,.cell:target{background:color-mix(in srgb,var(--link) 7%,transparent);box-shadow:-.8rem 0 0 color-mix(in srgb,var(--link) 7%,transparent),.8rem 0 0 color-mix(in srgb,var(--link) 7%,transparent)}
.side{font-size:.88rem;line-height:1.4;color:var(--soft);overflow-wrap:anywhere}
.side>*{margin:0 0 .35rem}
.side .mono{font-family:${mono};font-size:.9em}
.stamp{display:inline-block;padding:.14rem .55rem;font-size:.84rem;line-height:1.4;font-weight:700;letter-spacing:.015em;color:var(--sure);background-color:transparent}
.stamp.enforced{color:var(--paper);background:var(--sure)}
.stamp.partial{color:var(--doubt);padding:.14rem .2rem}
.stamp.partial span{background:var(--paper);padding:.06rem .35rem}
.stamp.unlabelled{color:var(--soft);font-weight:500}
.stamp.struck{text-decoration:line-through;text-decoration-thickness:2px}
.labels{display:flex;flex-wrap:wrap;gap:.3rem}
.not{border-left:3px solid var(--doubt);padding:.1rem 0 .1rem 1rem;margin:1rem 0}
.not>:last-child{margin-bottom:0}
.age{display:flex;flex-wrap:wrap;align-items:flex-start;column-gap:.75rem;font-size:.92rem;color:var(--soft);margin-bottom:.35rem}
.age svg{flex:none;display:block;margin:.55em 0}
.age span{flex:1 1 16rem}
.age .track{fill:var(--bar)}
.age .run{fill:var(--soft)}
.age.late{color:var(--late)}
.age.late .run{fill:var(--late)}
.age.late .due{fill:var(--paper)}
.age.undated{color:var(--late)}
.age.undated .track{fill:none;stroke:var(--late);stroke-dasharray:4 3}
details{margin:0 0 .5rem}
summary{cursor:pointer;color:var(--link);width:fit-content;padding:.15rem 0}
.proofs{list-style:none;padding:0;margin:.5rem 0 .8rem}
.proofs li{padding:.5rem 0 .5rem .9rem;border-left:2px solid var(--rule);margin:0 0 .5rem}
.proofs li>:last-child{margin-bottom:0}
.proofs code{user-select:all;-webkit-user-select:all}
.facts{display:grid;grid-template-columns:fit-content(15rem) minmax(0,1fr);column-gap:1.4rem;font-size:.95rem}
.facts dt{color:var(--soft);margin:0;padding:.2rem 0}
.facts dd{margin:0;padding:.2rem 0}
.facts ul{list-style:none;padding:0;margin:0}
.facts li{margin:0 0 .15rem}
.part{margin:1rem 0 0;padding:.9rem 0 0;border-top:1px dotted var(--rule)}
.part h4{margin:.45rem 0 .25rem;font-size:1rem}
.plain{list-style:none;padding:0}
.tags{display:flex;flex-wrap:wrap;gap:.3rem .9rem;list-style:none;padding:0}
.tags li{margin:0}
table{border-collapse:collapse;width:100%;font-size:.97rem}
th,td{text-align:left;vertical-align:top;padding:.55rem 1.4rem .55rem 0;border-bottom:1px solid var(--rule)}
thead th{font-weight:600;border-bottom-color:var(--ink)}
tbody th{font-weight:600}
pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:.8rem 1rem;background:var(--sheet);border:1px solid var(--rule)}
.steps{counter-reset:step;list-style:none;padding:0}
.steps>li{counter-increment:step;position:relative;padding:.7rem 0 .7rem 2.6rem;border-bottom:1px solid var(--rule);margin:0}
.steps>li::before{content:counter(step);position:absolute;left:0;font:1.35rem/1.4 ${serif};color:var(--soft)}
.steps>li>:last-child,.boxes>li>:last-child{margin-bottom:0}
.boxes{list-style:none;padding:0}
.boxes>li{position:relative;padding:.7rem 0 .7rem 2.1rem;border-bottom:1px solid var(--rule);margin:0}
.boxes>li::before{content:"";position:absolute;left:0;top:1rem;width:1rem;height:1rem;border:1.5px solid var(--ink)}
.parts{columns:3 12rem;list-style:none;padding:0;margin:1rem 0 0}
.parts li{break-inside:avoid;margin:0;padding:.2rem 0}
form.ask{max-width:34rem}
.ask p{margin:.6rem 0}
.ask fieldset{border:0;border-top:1px solid var(--rule);margin:1rem 0;padding:.6rem 0}
.ask legend{padding:0 .6rem 0 0;font-weight:600}
.ask label{font-weight:600}
.ask fieldset label{font-weight:400;padding-left:.4rem}
.ask input[type=email]{display:block;width:100%;margin-top:.3rem;font:inherit;padding:.6rem .7rem;border:1px solid var(--soft);background:var(--sheet);color:var(--ink)}
.ask input[aria-invalid]{border-width:2px}
.ask button{font:inherit;margin-top:1rem;padding:.6rem 1.2rem;border:1px solid var(--link);background:var(--link);color:var(--paper);cursor:pointer}
form.find{display:flex;gap:.6rem;max-width:41rem;margin:0 0 1.5rem;flex-wrap:wrap}
.find label{flex-basis:100%}
.find input{flex:1;min-width:10rem;font:inherit;padding:.5rem .7rem;border:1px solid var(--soft);background:var(--sheet);color:var(--ink)}
.find button,.find select{font:inherit;padding:.5rem 1.1rem;border:1px solid var(--link);background:var(--link);color:var(--paper);cursor:pointer}
mark{background:color-mix(in srgb,var(--late) 28%,transparent);color:inherit}
ins{text-decoration-thickness:2px;text-decoration-color:var(--sure)}
del{color:var(--soft)}

footer{border-top:1px solid var(--rule);color:var(--soft);font-size:.92rem}
footer>.wide{padding-block:1.6rem 2.2rem}
footer h2{font:600 1rem/1.4 ${sans};border:0;margin:0;padding:0;color:var(--ink)}
footer .meta{margin:1.6rem 0 0}
@media (max-width:44rem){
body{font-size:1rem}
.side:empty{display:none}
h2{margin-top:3rem;font-size:1.45rem}
.entry{grid-template-columns:minmax(0,1fr)}
.side{display:flex;flex-wrap:wrap;align-items:center;gap:.2rem .8rem;margin-bottom:.55rem}
.side>*{margin:0}
.glance{grid-template-columns:minmax(0,1fr)}
.glance dt{border:0;padding:.6rem 0 0;font-size:.9rem}
.glance dd{padding-top:.05rem}
.strip{grid-template-columns:repeat(auto-fit,minmax(1.9rem,1fr))}
.cell{height:2rem}
.facts{grid-template-columns:minmax(0,1fr)}
.facts dd{padding:0 0 .4rem}
.bar nav ul{column-gap:1.15rem}
table,thead,tbody,tr,th,td{display:block}
thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
tr{padding:.7rem 0;border-bottom:1px solid var(--rule)}
th,td{border:0;padding:.1rem 0}
td[data-of]::before{content:attr(data-of);display:block;font-size:.86rem;color:var(--soft)}
}
@media print{
@page{margin:18mm 16mm}
:root{color-scheme:light;${light};--paper:#fff;--link:#1b1d20}
body{font-size:10.2pt;line-height:1.42}
.bar nav,.skip,.find,footer .parts,footer h2,.screen{display:none}
.wide{max-width:none;padding:0}
.bar,.bar>.wide{background:none;padding-block:0 .4rem}
h1{font-size:25pt;margin-top:1.2rem}
.lede{font-size:12.5pt}
h3{font-size:11pt}
.age svg{margin:.45em 0}
h2{font-size:15pt;margin-top:1.8rem;break-after:avoid}
h3,h4,.side{break-after:avoid}
.entry{break-inside:avoid;grid-template-columns:8rem minmax(0,1fr);display:grid;padding:.8rem 0 .5rem}
.glance{grid-template-columns:8rem minmax(0,1fr)}
.strip{grid-template-columns:repeat(auto-fill,minmax(1.5rem,1fr))}
.cell{height:1.3rem}
.stamp,.cell,.key i,.age svg,.cell::after,.key i::after{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details:not([open]){display:block}
::details-content{content-visibility:visible;display:block}
summary{color:var(--soft);list-style:none}
a[href^="https:"]:not(.quiet)::after{content:" <" attr(href) ">";font-size:.85em;overflow-wrap:anywhere}
}
@media (forced-colors:active){.stamp.enforced,.cell.enforced,.key .enforced{forced-color-adjust:none}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;

/** As it stands in every page. */
export const style = rules.replaceAll("\n", "");

/** What a Content-Security-Policy says to allow a style of these words and no other (CSP Level 3 section 6.7.3.3). */
export const styleHash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
