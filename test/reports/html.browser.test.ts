import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/model/verdict.ts';
import { htmlReporter } from '../../src/reports/html/reporter.ts';
import { browserForTests, installedBrowser, type Misdeeds, watch } from '../support/browser.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { canned, clean, huge, renderContext } from '../support/verdicts.ts';
import { hostileEverywhere, sample } from './sample.ts';

const executable = installedBrowser();
if (executable === undefined) console.warn('HTML report in a browser: skipped, no chromium or google-chrome on the PATH');
const browser = browserForTests(executable);
afterAll(removeTempFolders);

interface Opened extends Misdeeds {
  readonly page: Page;
  readonly url: string;
}
interface Options {
  readonly hash?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
}

async function open(verdict: Verdict, { hash = '', ...options }: Options = {}): Promise<Opened> {
  const file = path.join(emptyFolder(), 'report.html');
  writeFileSync(file, htmlReporter.render(verdict, renderContext));
  const page = await (await browser().newContext({ colorScheme: 'light', ...options })).newPage();
  const url = pathToFileURL(file).href;
  const misdeeds = await watch(page, url);
  await page.goto(url + hash);
  return { page, url, ...misdeeds };
}

const shown = (page: Page): Locator => page.locator('section[data-group] li:visible');
const titles = (page: Page): Promise<string[]> => shown(page).locator('.title').allTextContents();
const box = (page: Page, facet: string, value: string): Locator =>
  page.getByRole('group', { name: facet }).getByRole('checkbox', { name: value, exact: false });
const countOf = (page: Page, facet: string, value: string): Promise<string | null> =>
  page.locator('fieldset', { hasText: facet }).locator('label', { hasText: value }).locator('.number').textContent();
const focusedTitle = (page: Page): Promise<string | null> => page.locator(':focus .title').textContent();
/** Filters are applied with the next frame. */
const settle = (page: Page): Promise<void> =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))');
/** Code for the page is text here: it has a DOM, and these files have none. */
const paper = (page: Page): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');

describe.skipIf(executable === undefined)('the HTML report in a browser', () => {
  it.each(Object.keys(canned))('loads nothing and complains of nothing: %s', async (name) => {
    const { page, requests, errors, dialogs } = await open(canned[name] ?? clean);
    await settle(page);
    expect({ requests, errors, dialogs }).toEqual({ requests: [], errors: [], dialogs: [] });
  });

  it('shows findings, waivers, coverage and engines without a script', async () => {
    const { page } = await open(sample, { javaScriptEnabled: false });
    expect(await page.locator('#filters').isVisible()).toBe(false);
    expect(await titles(page)).toHaveLength(sample.findings.length);
    for (const words of ['BLOCKED', 'PLAT-312', 'Certificate shop/web', 'no Kyverno policy is configured']) {
      expect(await page.locator('main').textContent()).toContain(words);
    }
  });

  it('filters by several facets at once, and counts what each would leave', async () => {
    const { page } = await open(sample);
    await box(page, 'Severity', 'critical').check();
    await settle(page);
    expect(await shown(page).count()).toBe(3);
    expect(await countOf(page, 'Compared with base', 'unchanged')).toBe('1');
    expect(await countOf(page, 'Severity', 'high')).toBe('1');
    await box(page, 'Engine', 'trivy').check();
    await box(page, 'Environment', 'production').check();
    await settle(page);
    expect(await titles(page)).toEqual(['Container web runs privileged']);
    expect(await page.locator('section[data-group=warn]').isVisible()).toBe(false);
    expect(await page.locator('#group-block').textContent()).toBe('Must be fixed 1 of 4');
    await expect.poll(() => page.getByRole('status').textContent()).toBe('1 of 6 findings shown');
  });

  it.each([
    ['Action', 'warn', 'Container ledger has no readiness probe'],
    ['Waiver', 'waived', 'Image has no fixed tag'],
  ])('filters by %s', async (facet, value, title) => {
    const { page } = await open(sample);
    await box(page, facet, value).first().check();
    await settle(page);
    expect(await titles(page)).toEqual([title]);
  });

  it('finds a resource by its text, and reports if nothing is found', async () => {
    const { page } = await open(sample);
    await page.getByLabel('Search').fill('deployment PAY/');
    await settle(page);
    expect(await titles(page)).toEqual(['Container ledger has no memory limit', 'Container ledger has no readiness probe']);
    await page.getByLabel('Search').fill('no such thing');
    await settle(page);
    expect(await page.getByText('No finding fits these filters.').isVisible()).toBe(true);
  });

  it('keeps the filters in the address, and has them again from there', async () => {
    const { page } = await open(sample);
    await box(page, 'Severity', 'critical').check();
    await box(page, 'Environment', 'no environment').check();
    await page.getByLabel('Search').fill('openssl');
    await settle(page);
    const { hash } = new URL(page.url());
    const again = await open(sample, { hash });
    expect(await titles(again.page)).toEqual(['openssl: remote code execution in the handshake']);
    expect(await box(again.page, 'Severity', 'critical').isChecked()).toBe(true);
    expect(await again.page.getByLabel('Search').inputValue()).toBe('openssl');
    await again.page.getByRole('button', { name: 'Clear' }).click();
    expect(await shown(again.page).count()).toBe(6);
    expect(new URL(again.page.url()).hash).toBe('');
  });

  it('leaves the filters alone where the address names a heading', async () => {
    const { page } = await open(sample);
    await box(page, 'Severity', 'critical').check();
    await page.getByRole('navigation').getByRole('link', { name: 'Coverage' }).click();
    await settle(page);
    expect(await shown(page).count()).toBe(3);
  });

  it('is worked by the keyboard', async () => {
    const { page } = await open(sample);
    await page.keyboard.press('/');
    await page.keyboard.type('ledger');
    await settle(page);
    await page.keyboard.press('Enter');
    expect(await focusedTitle(page)).toBe('Container ledger has no memory limit');
    await page.keyboard.press('j');
    expect(await focusedTitle(page)).toBe('Container ledger has no readiness probe');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    expect(await shown(page).first().locator('details').getAttribute('open')).toBe('');
    expect(await page.locator(':focus-visible').count()).toBe(1);
    await page.keyboard.press('Escape');
    await settle(page);
    expect(await shown(page).count()).toBe(6);
  });

  it('lets the single keys be switched off', async () => {
    const { page } = await open(sample);
    await page.getByText('Keyboard').click();
    await page.getByLabel('Use single keys').uncheck();
    await page.locator('body').press('j');
    expect(await page.locator(':focus').getAttribute('id')).toBe('keys');
  });

  it('offers to skip to the report first', async () => {
    const { page } = await open(sample);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').getAttribute('id')).toBe('main');
  });

  it('follows the system into the dark, and the button against it', async () => {
    const { page } = await open(sample, { colorScheme: 'dark' });
    const dark = await paper(page);
    const button = page.getByRole('button', { name: 'Dark mode', pressed: true });
    await button.click();
    expect(await paper(page)).toBe('rgb(255, 255, 255)');
    expect(dark).not.toBe('rgb(255, 255, 255)');
    await page.reload();
    expect(await paper(page)).toBe('rgb(255, 255, 255)');
  });

  it('prints in the light, open, and without its controls', async () => {
    const { page } = await open(sample, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.evaluate("dispatchEvent(new Event('beforeprint')), undefined");
    expect(await page.locator('#filters, nav, button').filter({ visible: true }).count()).toBe(0);
    expect(await page.getByText('Set securityContext.privileged to false.').isVisible()).toBe(true);
    expect(await paper(page)).toBe('rgb(255, 255, 255)');
  });

  it('fits a narrow screen', async () => {
    const { page } = await open(sample);
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it('filters 5,000 findings while one types', async () => {
    const opening = performance.now();
    const { page } = await open(huge);
    const started = performance.now();
    await page.getByLabel('Search').fill('app-12/');
    await settle(page);
    // Numbering hidden list items again took ten times as long as it takes now, and much longer than opening the page.
    expect(performance.now() - started).toBeLessThan(2 * (started - opening));
    expect(await page.locator('section[data-group] li:not([hidden])').count()).toBe(13);
  });
});

describe.skipIf(executable === undefined)('a hostile verdict in the HTML report', () => {
  it('runs nothing, loads nothing and adds no element or attribute of its own', async () => {
    const { page, requests, errors, dialogs } = await open(hostileEverywhere);
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    await page.getByLabel('Search').fill('<img src=x');
    await settle(page);
    expect({ requests, errors, dialogs }).toEqual({ requests: [], errors: [], dialogs: [] });
    const foreign = await page.evaluate(`({
      scripts: document.querySelectorAll('script').length,
      elements: document.querySelectorAll('img, iframe, object, svg, body style, link, base, embed').length,
      handlers: [...document.querySelectorAll('*')].filter((element) => element.getAttributeNames().some((name) => /^(on|style$)/.test(name))).length,
      links: [...document.querySelectorAll('a')].map((a) => a.protocol).filter((protocol) => !['https:', 'file:'].includes(protocol)),
      forms: [...document.querySelectorAll('form')].map((form) => form.id),
    })`);
    expect(foreign).toEqual({ scripts: 1, elements: 0, handlers: 0, links: [], forms: ['filters'] });
  });

  it('can filter by names that are markup, and keep them in the address', async () => {
    const first = hostileEverywhere.findings[0];
    if (first === undefined) throw new Error('no finding');
    const names = ['"><script>document.title="owned"</script>', '__proto__', 'a&b=c#d'];
    const { page } = await open({
      ...hostileEverywhere,
      findings: names.map((name) => ({ ...first, finding: { ...first.finding, environments: [name] } })),
    });
    await page.getByRole('group', { name: 'Environment' }).getByRole('checkbox', { name: '__proto__' }).check();
    await page.getByRole('group', { name: 'Environment' }).getByRole('checkbox', { name: 'script' }).check();
    await page.getByRole('group', { name: 'Environment' }).getByRole('checkbox', { name: 'a&b' }).check();
    await settle(page);
    await page.reload();
    expect(await page.locator('fieldset input:checked').count()).toBe(3);
    expect(await page.title()).toBe('k8s-gate: BLOCKED');
  });

  it('is stopped by the policy of the page even where a text came through as a tag', async () => {
    const file = path.join(emptyFolder(), 'report.html');
    const smuggled =
      '<script>document.title = "owned"</script><img src="https://evil.example/x" onerror="document.title = \'owned\'">';
    writeFileSync(file, htmlReporter.render(sample, renderContext).replace('<main', `${smuggled}<main`));
    const page = await browser().newPage();
    const url = pathToFileURL(file).href;
    const { requests, errors } = await watch(page, url);
    await page.goto(url);
    expect(await page.title()).toBe('k8s-gate: BLOCKED');
    expect(requests).toEqual([]);
    expect(errors.filter((error) => error.includes('Content Security Policy'))).not.toEqual([]);
  });
});
