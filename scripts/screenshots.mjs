// `npm run screenshots`: screenshots of the reports for the docs, in docs/images. Taken in the machine's Chromium, from the sample verdict of
// the tests; the Markdown ones with GitHub's style sheet, which is close to what GitHub shows.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { createViteServer } from 'vitest/node';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const images = path.join(root, 'docs', 'images');
const maxBytes = 300 * 1024;

// The reports are TypeScript, which this version of Node may not support.
const vite = await createViteServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, ws: false, watch: null },
});
const load = (file) => vite.ssrLoadModule(path.join(root, file));
const { sample } = await load('test/reports/sample.ts');
const { publishContext: testContext } = await load('test/support/changes.ts');
const publishContext = {
  ...testContext,
  change: { ...testContext.change, headSha: '9d3e7f40c1b2a8655e0f9c7d6b4a3210fedcba98' },
};
const { browserFlags, installedBrowser } = await load('test/support/browser.ts');
const { markdownPage } = await load('test/support/markdown-page.ts');
const { htmlReporter } = await load('src/reports/html/reporter.ts');
const { renderBody } = await load('src/reports/pull-request-comment/body.ts');
const { jobSummaryReporter } = await load('src/reports/job-summary/reporter.ts');

const executablePath = installedBrowser();
if (executablePath === undefined) throw new Error('no chromium, chromium-browser or google-chrome on the PATH');

// A machine without an emoji font would show a box; drawn, it looks the same on every machine.
const noEntry =
  '<svg width="22" height="22" viewBox="0 0 20 20" style="vertical-align:-3px"><circle cx="10" cy="10" r="9.5" fill="#d1242f"/><rect x="3.5" y="8" width="13" height="4" rx="1" fill="#fff"/></svg>';
const drawn = (markdown) => markdownPage(markdown).replace('⛔', noEntry);
const comment = drawn(renderBody(sample, publishContext));
// Its section alone, unfolded.
const difference = markdownPage(
  renderBody(sample, publishContext)
    .match(/<details><summary>Rendered difference[\s\S]*?<\/details>/)?.[0]
    .replace('<details>', '<details open>') ?? '',
);
const report = htmlReporter.render(sample, publishContext);
const pictures = [
  { name: 'report', page: report, width: 1200, height: 1000 },
  { name: 'report-dark', page: report, width: 1200, height: 1000, colorScheme: 'dark' },
  { name: 'comment', page: comment, width: 1000 },
  { name: 'comment-narrow-dark', page: comment, width: 390, height: 1000, colorScheme: 'dark' },
  { name: 'summary', page: drawn(jobSummaryReporter.render(sample, publishContext)), width: 1000 },
  { name: 'difference', page: difference, width: 1200 },
  { name: 'difference-narrow', page: difference, width: 390 },
];

mkdirSync(images, { recursive: true });
const folder = mkdtempSync(path.join(tmpdir(), 'k8s-gate-screenshots-'));
const browser = await chromium.launch({ executablePath, args: browserFlags });
try {
  for (const { name, page: text, width, height, colorScheme = 'light' } of pictures) {
    const page = await browser.newPage({ viewport: { width, height: height ?? 800 }, colorScheme });
    const file = path.join(folder, `${name}.html`);
    writeFileSync(file, text);
    await page.goto(pathToFileURL(file).href);
    await page.waitForFunction(() => document.querySelector('[data-drawing]') === null);
    const target = path.join(images, `${name}.png`);
    await page.screenshot({ path: target, fullPage: height === undefined });
    await page.close();
    const { size } = statSync(target);
    console.log(`${path.relative(root, target)}  ${Math.round(size / 1024)} KiB`);
    if (size > maxBytes) throw new Error(`${target} is larger than ${maxBytes} bytes`);
  }
} finally {
  await browser.close();
  await vite.close();
  rmSync(folder, { recursive: true, force: true });
}
