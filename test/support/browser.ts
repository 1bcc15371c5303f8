import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

/** Debian, Ubuntu and GitHub's runners name it differently. */
const names: readonly string[] = ['chromium', 'chromium-browser', 'google-chrome'];

/** The machine's own Chromium; no test ever downloads one. */
export function installedBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Headless is playwright's default. The sandbox needs user namespaces, which containers often lack; we open our own pages only. */
export const browserFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** One browser for the tests of a file, closed after them. Call it at the top of the file, and skip the tests without `executablePath`. */
export function browserForTests(executablePath: string | undefined): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (executablePath !== undefined) browser = await chromium.launch({ executablePath, args: [...browserFlags] });
  });
  afterAll(async () => browser?.close());
  return () => {
    if (browser === undefined) throw new Error('no browser was started');
    return browser;
  };
}

/** What a page did that a report must not do. */
export interface Misdeeds {
  readonly requests: string[];
  readonly errors: string[];
  readonly dialogs: string[];
}

/** Collects them from now on: every request (aborted) but that of the document itself, errors of the console or script, and dialogs. */
export async function watch(page: Page, documentUrl: string, alsoAllowed: readonly string[] = []): Promise<Misdeeds> {
  const misdeeds: Misdeeds = { requests: [], errors: [], dialogs: [] };
  await page.route('**/*', async (route) => {
    const url = route.request().url();
    if ([documentUrl, ...alsoAllowed].includes(url.split('#')[0] ?? '')) return route.continue();
    misdeeds.requests.push(url);
    return route.abort();
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) misdeeds.errors.push(message.text());
  });
  page.on('pageerror', (error) => misdeeds.errors.push(error.message));
  page.on('dialog', async (dialog) => {
    misdeeds.dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  return misdeeds;
}
