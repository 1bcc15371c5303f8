import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/model/verdict.ts';
import { jobSummaryReporter } from '../../src/reports/job-summary/reporter.ts';
import { renderBody } from '../../src/reports/pull-request-comment/body.ts';
import { byAction } from '../../src/reports/view.ts';
import { browserForTests, installedBrowser, type Misdeeds, watch } from '../support/browser.ts';
import { publishContext } from '../support/changes.ts';
import { markdownPage } from '../support/markdown-page.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { clean, incomplete } from '../support/verdicts.ts';
import { hostileEverywhere, sample } from './sample.ts';

const executable = installedBrowser();
if (executable === undefined) console.warn('Markdown reports in a browser: skipped, no chromium or google-chrome on the PATH');
const browser = browserForTests(executable);
afterAll(removeTempFolders);

interface Opened extends Misdeeds {
  readonly page: Page;
}

async function show(markdown: string): Promise<Opened> {
  const file = path.join(emptyFolder(), 'page.html');
  writeFileSync(file, markdownPage(markdown));
  const page = await browser().newPage();
  const url = pathToFileURL(file).href;
  const mermaid = pathToFileURL(createRequire(import.meta.url).resolve('mermaid/dist/mermaid.min.js')).href;
  const misdeeds = await watch(page, url, [mermaid]);
  await page.goto(url);
  await page.waitForSelector('body:not([data-drawing])');
  return { page, ...misdeeds };
}

const reports: readonly (readonly [string, (verdict: Verdict) => string])[] = [
  ['comment', (verdict) => renderBody(verdict, publishContext)],
  ['job summary', (verdict) => jobSummaryReporter.render(verdict, publishContext)],
];

describe.skipIf(executable === undefined).each(reports)("the %s with GitHub's style", (_, render) => {
  it('shows what blocks and folds the rest', async () => {
    const { page, errors, requests } = await show(render(sample));
    for (const { finding } of byAction(sample, 'block'))
      expect(await page.getByText(finding.title).first().isVisible(), finding.title).toBe(true);
    for (const { finding } of byAction(sample, 'allow'))
      expect(await page.getByText(finding.title).first().isVisible(), finding.title).toBe(false);
    expect(await page.locator('details[open]').count()).toBe(0);
    expect(await page.locator('details').count()).toBeGreaterThan(0);
    expect({ errors, requests }).toEqual({ errors: [], requests: [] });
  });

  it('has its tables as tables, each row as wide as its head', async () => {
    const { page } = await show(render(sample));
    expect(await page.locator('table').count()).toBeGreaterThan(0);
    const ragged = await page.evaluate(`[...document.querySelectorAll('table')].flatMap((table) =>
      [...table.rows].filter((row) => row.cells.length !== table.rows[0].cells.length).map((row) => row.textContent))`);
    expect(ragged).toEqual([]);
    expect(await page.locator('article').textContent()).not.toMatch(/\|\s*:?--|^\s*\||<\/?(details|summary|br)/m);
  });

  it.each([
    ['clean', clean],
    ['incomplete', incomplete],
    ['sample', sample],
    ['hostile', hostileEverywhere],
  ])('draws its chart, where it has one, without an error: %s', async (_name, verdict) => {
    const { page, errors } = await show(render(verdict));
    expect(await page.locator('.mermaid-error, svg[aria-roledescription="error"]').allTextContents()).toEqual([]);
    expect(await page.locator('.diagram svg').count()).toBe(render(verdict).match(/^```mermaid$/gm)?.length ?? 0);
    expect(errors).toEqual([]);
  });

  it('takes no element, link or mention from a hostile verdict', async () => {
    const { page, requests, dialogs } = await show(render(hostileEverywhere));
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    const found = await page.evaluate(`({
      elements: [...document.querySelectorAll('article script, article img, article iframe, article form, article input, article h1')].map((one) => one.outerHTML),
      handlers: [...document.querySelectorAll('article *')].filter((one) => one.getAttributeNames().some((name) => name.startsWith('on'))).length,
      links: [...document.querySelectorAll('article a')].map((a) => [a.protocol, a.username, a.host === 'github.example' || a.textContent.replace(/\\u200b/g, '') === a.host]),
    })`);
    const links = found as { readonly links: readonly unknown[] };
    expect(found).toEqual({ elements: [], handlers: 0, links: links.links.map(() => ['https:', '', true]) });
    // GitHub looks for mentions and references in the text, but not in code.
    const text = await page.evaluate(`(() => {
      const copy = document.querySelector('article').cloneNode(true);
      for (const skipped of copy.querySelectorAll('code, a, svg')) skipped.remove();
      return copy.textContent;
    })()`);
    expect(text).not.toMatch(/@[\w-]|#\d|\bGH-\d|https?:\/\/|\bwww\.\w/i);
    expect({ requests, dialogs }).toEqual({ requests: [], dialogs: [] });
  });
});
