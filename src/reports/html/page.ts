import { createHash } from 'node:crypto';
import type { Verdict } from '../../model/verdict.ts';
import { outcomeWord } from '../view.ts';
import { html, join, Markup } from './markup.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/**
 * Allows only our own style and script, by hash, and no other source: even if untrusted text were ever written as a tag, the browser
 * would neither run it nor load anything. https://www.w3.org/TR/CSP3/
 */
const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Everything up to and including the opening `<main>`. */
export function pageHead(verdict: Verdict): Markup {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>k8s-gate: ${outcomeWord(verdict)}</title>
${new Markup(`<style>${style}</style>`)}
</head><body><a class="skip" href="#main">Skip to the report</a><div class="page">
<header class="bar"><h1>k8s-gate report</h1>${navigation(verdict)}<button type="button" id="theme" hidden>Dark mode</button></header>
<main id="main" tabindex="-1">
`;
}

/** Links to the sections present in this report. */
function navigation({ errors, comparison, waivers }: Verdict): Markup {
  const links: readonly (readonly [string, string, boolean])[] = [
    ['faults', 'Faults', errors.length > 0],
    ['findings', 'Findings', true],
    ['fixed', 'Fixed', comparison?.status === 'compared' && comparison.fixed.length > 0],
    ['waivers', 'Waivers', waivers.length > 0],
    ['coverage', 'Coverage', true],
    ['engines', 'Engines', true],
    ['policies', 'Policies', true],
    ['compliance', 'Frameworks', true],
  ];
  const shown = links.filter(([, , there]) => there).map(([id, words]) => html`<a href="#${id}">${words}</a>`);
  return html`<nav aria-label="Sections">${join(shown, '\n')}</nav>`;
}
