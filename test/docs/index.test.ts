import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { pageText } from '../support/documented.ts';
import { root } from '../support/root.ts';

it('docs/README.md links each page once', () => {
  const pages = readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const linked = [...pageText('docs/README.md').matchAll(/\]\(([a-z-]+\.md)\)/g)].map(([, name]) => name);
  expect(linked.toSorted()).toEqual(pages.toSorted());
});
