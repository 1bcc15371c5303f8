/**
 * The style sheet. Colors are `light-dark()` pairs; `color-scheme` follows the system or the page's dark mode button. Text has a
 * contrast of at least 4.5 in both modes, and color is never the only carrier of meaning.
 */
export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#ffffff, #0f1419);
  --card: light-dark(#f6f7f9, #171d24);
  --line: light-dark(#d9dee4, #2d3641);
  --ink: light-dark(#1b2128, #e3e8ee);
  --soft: light-dark(#55606c, #9aa7b5);
  --link: light-dark(#0b5cad, #6fb3ff);
  --red: light-dark(#b3261e, #ff8a80);
  --red-back: light-dark(#fdeceb, #3a1a1a);
  --orange: light-dark(#8f4700, #ffb269);
  --orange-back: light-dark(#fff1e2, #37240f);
  --yellow: light-dark(#6b5500, #e6cc61);
  --yellow-back: light-dark(#fbf5d9, #2f2a12);
  --green: light-dark(#1c6b34, #7ad491);
  --green-back: light-dark(#e8f5ec, #14301d);
  --blue-back: light-dark(#e8f1fb, #15293f);
}
:root[data-theme='light'] { color-scheme: light; }
:root[data-theme='dark'] { color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif;
}
code, .mono { font: 0.87em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; overflow-wrap: anywhere; }
a { color: var(--link); }
h1, h2, h3, p, dl, dd, ol, ul { margin: 0; padding: 0; }
h1 { font-size: 1rem; font-weight: 600; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0.75rem; padding-bottom: 0.3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 0.5rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -100vw; padding: 0.5rem 1rem; background: var(--paper); z-index: 2; }
.skip:focus { left: 1rem; top: 1rem; }
.soft { color: var(--soft); }
.number { font-weight: 400; color: var(--soft); }
.page { max-width: 76rem; margin: 0 auto; padding: 1.25rem 1.5rem 4rem; }
.bar { display: flex; flex-wrap: wrap; gap: 0.35rem 1.1rem; align-items: center; }
.bar nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin-left: auto; }
button, input[type='search'] {
  font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 6px; padding: 0.3rem 0.7rem;
}
button { cursor: pointer; }
button:hover, button[aria-pressed='true'] { background: var(--card); }
button:disabled { color: var(--soft); cursor: default; }

.verdict { margin: 1rem 0; padding: 1.1rem 1.3rem; border: 1px solid var(--line); border-left: 6px solid var(--tone); border-radius: 8px; background: var(--tone-back); }
.verdict strong { display: block; font-size: 1.7rem; line-height: 1.2; letter-spacing: 0.02em; color: var(--tone); }
.verdict p { overflow-wrap: anywhere; }
.block, .error, .critical, .failed, .expired, .refused { --tone: var(--red); --tone-back: var(--red-back); }
.warn, .high { --tone: var(--orange); --tone-back: var(--orange-back); }
.medium, .unknown, .unused { --tone: var(--yellow); --tone-back: var(--yellow-back); }
.pass, .fixed, .in-force { --tone: var(--green); --tone-back: var(--green-back); }
.new { --tone: var(--link); --tone-back: var(--blue-back); }

.overview { display: flex; flex-wrap: wrap; gap: 1.25rem 3rem; align-items: flex-start; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1.25rem; flex: 1 1 24rem; }
dt { color: var(--soft); }
dd { overflow-wrap: anywhere; min-width: 0; }

.scroll { overflow-x: auto; }
.scroll table { min-width: 42rem; }
.scroll + details { margin-top: 0.8rem; }
.difference { margin: 0.4rem 0; }
.difference pre { overflow-x: auto; font: 0.87em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; }
.difference .removed { text-decoration: line-through; }
.difference .added, .difference .finding { font-weight: 600; }
table { border-collapse: collapse; width: 100%; }
.overview table { width: auto; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.3rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.8rem 0.35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; min-width: 4rem; }
.scroll th, .scroll td { overflow-wrap: break-word; }
thead th { font-weight: 600; white-space: nowrap; color: var(--soft); }
tbody th { font-weight: 400; }
td.count, th.count { text-align: right; padding-right: 1.4rem; font-variant-numeric: tabular-nums; }
td.zero { color: var(--soft); }
tr.not-covered > :first-child { border-left: 4px solid var(--red); padding-left: 0.6rem; }

.tag { display: inline-block; padding: 0 0.5rem; border: 1px solid var(--tone, var(--line)); border-radius: 999px; color: var(--tone, var(--soft)); background: var(--tone-back, transparent); font-size: 0.8rem; line-height: 1.5; white-space: nowrap; max-width: 14rem; overflow: hidden; text-overflow: ellipsis; }
.findings > .fault { padding: 0.7rem 1rem; }
.cut { margin: 0.6rem 0; padding: 0.5rem 0.8rem; border: 1px dashed var(--orange); border-radius: 6px; }

.work { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 2rem; }
.work > form { display: grid; grid-auto-rows: max-content; gap: 0.9rem; align-content: start; margin-bottom: 1rem; }
.work label { display: block; }
.work section:first-of-type h3 { margin-top: 0; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; max-height: 16rem; overflow-y: auto; }
legend { padding: 0; font-weight: 600; font-size: 0.87rem; }
.work fieldset label { display: flex; gap: 0.45rem; align-items: baseline; padding: 0.08rem 0.2rem; border-radius: 4px; overflow-wrap: anywhere; cursor: pointer; }
.work fieldset label:hover { background: var(--card); }
fieldset .number { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; }
input[type='checkbox'] { accent-color: var(--link); flex: none; }
input[type='search'] { width: 100%; }
kbd { font: 0.85em ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; padding: 0 0.3rem; background: var(--card); }
.keys p { margin: 0.3rem 0; }
@media (min-width: 60rem) {
  .work { grid-template-columns: 13.5rem minmax(0, 1fr); }
  .work > form { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow-y: auto; padding: 3px 0.75rem 3px 3px; }
}

.findings { list-style: none; }
/* Block: with list items, hiding one renumbers all others, which takes seconds for thousands of findings. */
.findings > li { display: block; border: 1px solid var(--line); border-left: 4px solid var(--tone, var(--line)); border-radius: 6px; margin-bottom: 0.45rem; content-visibility: auto; contain-intrinsic-size: auto 4.2rem; }
.findings summary { display: grid; grid-template-columns: 0.6rem 4.6rem minmax(0, 1fr) auto; gap: 0 0.8rem; padding: 0.55rem 0.8rem; cursor: pointer; list-style: none; }
.findings summary::-webkit-details-marker { display: none; }
.findings summary:hover { background: var(--card); }
.findings summary b { color: var(--tone, var(--soft)); font-weight: 600; }
.findings .title { font-weight: 600; overflow-wrap: anywhere; }
.findings .meta { grid-column: 3 / span 2; color: var(--soft); overflow-wrap: anywhere; }
.findings .tags { --tone: var(--soft); --tone-back: transparent; grid-column: 4; grid-row: 1; display: flex; flex-wrap: wrap; gap: 0.25rem; justify-content: flex-end; align-content: flex-start; max-width: 16rem; }
.findings summary::before { content: '▸' / ''; color: var(--soft); }
.findings details[open] > summary::before { content: '▾' / ''; }
.findings details[open] > summary { border-bottom: 1px solid var(--line); background: var(--card); }
.findings dl { display: grid; grid-template-columns: 5.2rem minmax(0, 1fr); gap: 0.35rem 0.8rem; padding: 0.7rem 0.8rem 0.9rem 2.2rem; }
.findings dd { white-space: pre-line; }
footer { margin-top: 3rem; padding-top: 0.75rem; border-top: 1px solid var(--line); color: var(--soft); }

@media (max-width: 40rem) {
  .page { padding: 1rem; }
  .bar nav { margin-left: 0; }
  .findings summary { grid-template-columns: 0.6rem minmax(0, 1fr); }
  .findings .title, .findings .meta, .findings .tags { grid-column: 2; grid-row: auto; justify-content: flex-start; max-width: none; }
  .findings dl, .facts { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  :root, :root[data-theme] { color-scheme: light; }
  body { font-size: 10pt; }
  .page { max-width: none; padding: 0; }
  .bar nav, .bar button, .skip, form { display: none !important; }
  .work { display: block; }
  .findings > li { content-visibility: visible; break-inside: avoid; }
  .scroll { overflow: visible; }
  .scroll table { min-width: 0; }
  a[href^='https:']::after { content: ' (' attr(href) ')'; overflow-wrap: anywhere; }
}
`;
