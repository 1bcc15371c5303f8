import { createHash } from 'node:crypto';
import { html, join, Markup } from '../reports/html/markup.ts';
import { style } from '../reports/html/style.ts';
import { plural } from '../reports/text.ts';
import type { Overview } from './overview.ts';

const shown = { rules: 300, waivers: 1_000, names: 5 };
const ownStyle = `${style}
main table { width: 100%; border-collapse: collapse; }
main th, main td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); }
main .scroll { overflow-x: auto; }
main .old { color: var(--orange); }
main .block, main .error { color: var(--red); }
main .pass { color: var(--green); }
`;
/** Only our own style: neither a script nor anything from elsewhere. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(ownStyle).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** One page without other files. */
export function overviewPage(overview: Overview): string {
  const { repositories, outcomes, generatedAt } = overview;
  const counts = `${plural(repositories.length, 'report')}: ${outcomes.error} error, ${outcomes.block} block, ${outcomes.warn} warn, ${outcomes.pass} pass`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>k8s-gate overview</title>
${new Markup(`<style>${ownStyle}</style>`)}
</head><body><div class="page"><header class="bar"><h1>k8s-gate overview</h1></header>
<main id="main">
<p>${counts}. Made on ${generatedAt.toISOString().slice(0, 10)}.</p>
${join(sections(overview))}
</main></div></body></html>
`.text;
}

function sections({ repositories, rules, owners, waivers, gates, unread }: Overview): readonly (Markup | undefined)[] {
  return [
    unread.length === 0
      ? undefined
      : table(
          'Not read',
          ['File', 'Reason'],
          unread.map(({ file, reason }) => [code(file), html`${reason}`]),
        ),
    table(
      'Repositories',
      ['Repository', 'Verdict', 'Errors', 'Block', 'Warn', 'Allow', 'Age', 'Gate', 'Why'],
      repositories.map(({ repository, outcome, errors, counts, ageDays, isOld, isOldGate, gateVersion, reason }) => [
        code(repository),
        html`<strong class="${outcome}">${outcome}</strong>`,
        ...[errors, counts.block, counts.warn, counts.allow].map((count) => html`${count}`),
        marked(`${ageDays} d`, isOld),
        marked(gateVersion, isOldGate),
        html`${reason}`,
      ]),
    ),
    table(
      'Rules',
      ['Rule', 'Severity', 'Block', 'Warn', 'Allow', 'Repositories', 'Title'],
      rules
        .slice(0, shown.rules)
        .map(({ rule, severity, block, warn, allow, repositories: names, title }) => [
          code(rule),
          html`${severity}`,
          ...[block, warn, allow].map((count) => html`${count}`),
          html`${some(names)}`,
          html`${title}`,
        ]),
      rules.length - shown.rules,
    ),
    table(
      'Owners',
      ['Owner', 'Block', 'Warn', 'Allow'],
      owners
        .slice(0, shown.rules)
        .map(({ owner, block, warn, allow }) => [code(owner), ...[block, warn, allow].map((count) => html`${count}`)]),
      owners.length - shown.rules,
    ),
    table(
      'Waivers, by the day they expire',
      ['Expires', 'Rule', 'Target', 'Repository', 'Owner', 'Status'],
      waivers
        .slice(0, shown.waivers)
        .map(({ expires, daysLeft, isSoon, rule, target, repository, owner, status }) => [
          marked(`${expires} (${daysLeft} d)`, isSoon),
          code(rule),
          code(target),
          code(repository),
          html`${owner}`,
          html`${status}`,
        ]),
      waivers.length - shown.waivers,
    ),
    table(
      'Versions of the gate',
      ['Version', 'Repositories'],
      gates.map(({ version, repositories: names }, index) => [marked(version, index > 0), html`${some(names)}`]),
    ),
  ];
}

function table(title: string, heads: readonly string[], rows: readonly (readonly Markup[])[], left = 0): Markup {
  const body = rows.map((cells) => html`<tr>${join(cells.map((cell) => html`<td>${cell}</td>`))}</tr>\n`);
  const more = left > 0 ? html`<p>${left} more are in the JSON overview.</p>` : undefined;
  const none = rows.length === 0 ? html`<p>None.</p>` : undefined;
  return html`<section><h2>${title}</h2>${none}<div class="scroll"><table><thead><tr>${join(
    heads.map((head) => html`<th scope="col">${head}</th>`),
  )}</tr></thead><tbody>${join(body)}</tbody></table></div>${more}</section>\n`;
}

function code(text: string): Markup {
  return html`<code>${text}</code>`;
}

/** Old, or soon to end: by a word as well as by the color. */
function marked(text: string, isOld: boolean): Markup {
  return isOld ? html`<strong class="old">${text} !</strong>` : html`${text}`;
}

function some(names: readonly string[]): string {
  const left = names.length - shown.names;
  return `${names.length}: ${names.slice(0, shown.names).join(', ')}${left > 0 ? `, ${left} more` : ''}`;
}
