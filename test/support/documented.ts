import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { codeBlocks } from './markdown-blocks.ts';
import { root } from './root.ts';

/** What a page tells its reader to type, and where. */
export interface Documented {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

/** The pages that a user reads, relative to the repository. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(path.join(root, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === 'README.md')
    .map((name) => `examples/${name}`),
];

export const pageText = (page: string): string => readFileSync(path.join(root, page), 'utf8');

const shells = ['', 'sh', 'bash', 'shell', 'console'];

/** Every command of a fenced block or of inline code that starts one of these programs. */
export function documented(page: string): readonly Documented[] {
  const text = pageText(page);
  const blocks = codeBlocks(text);
  const fenced = blocks
    .filter(({ language }) => shells.includes(language))
    .flatMap(({ line, text: body }) =>
      body
        .replaceAll(/\\\n\s*/g, ' ')
        .split('\n')
        .map((command) => ({ page, line, text: command })),
    );
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, (block) => block.replaceAll(/[^\n]/g, ''));
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => {
    const line = prose.slice(0, match.index).split('\n').length;
    return { page, line, text: match[1] ?? '' };
  });
  return [...fenced, ...inline]
    .flatMap((entry) => entry.text.split(/&&|;|\|\|/).map((part) => ({ ...entry, text: part.replace(/^\s*\$\s+/, '').trim() })))
    .filter(({ text: command }) => /^(k8s-gate|npm|npx|node|bash) /.test(command));
}

/** `k8s-gate check [paths...]     judge manifests` -> check: words of a command line, without what explains it. */
export function wordsOf(command: string): readonly string[] {
  const [line = ''] = command.split(/ {2,}| #/);
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, bare]) => double ?? single ?? bare ?? '')
    .filter((word) => !/^\[.*\]$/.test(word))
    .map((word) => (/^[a-z]+(\|[a-z]+)+$/.test(word) ? (word.split('|')[0] ?? word) : word));
}
