import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import type { Command, CommandContext } from '../../src/commands/command.ts';
import { configKeys as keysOfConfig } from '../../src/inputs/options/table.ts';
import { GateError } from '../../src/model/gate-error.ts';
import { configComplaints } from '../support/config-schema.ts';
import { documented, pages, pageText, wordsOf } from '../support/documented.ts';
import { codeBlocks } from '../support/markdown-blocks.ts';
import { root } from '../support/root.ts';
import { installedTool } from '../support/tools.ts';

const isCommand = (value: unknown): value is Command =>
  typeof value === 'object' && value !== null && 'run' in value && 'usage' in value && 'name' in value;
const modules = readdirSync(path.join(root, 'src', 'commands')).filter((name) => /^[a-z-]+\.ts$/.test(name));
const exported: readonly unknown[] = (
  await Promise.all(modules.map((name) => import(path.join(root, 'src', 'commands', name))))
).flatMap((module: Readonly<Record<string, unknown>>) => Object.values(module));
const commands = new Map(exported.filter(isCommand).map((command) => [command.name, command]));

const commandLines = pages.flatMap(documented);
const of = (program: string) => commandLines.filter(({ text }) => text.startsWith(`${program} `));
const where = ({ page, line, text }: { page: string; line: number; text: string }): string => `${page}:${line} ${text}`;

/** Runs a command up to where it first touches the world: by then its words and flags are parsed. */
async function complaint(words: readonly string[]): Promise<string | undefined> {
  const [name = '', ...args] = words;
  if (name.startsWith('--')) return ['--help', '--version'].includes(name) ? undefined : `there is no option ${name}`;
  const command = commands.get(name);
  if (command === undefined) return `there is no command ${name}`;
  if (args.includes('--help')) return undefined;
  const touched = (): never => {
    throw new Error('touched');
  };
  const world: Pick<CommandContext, 'cwd' | 'env' | 'gateRoot'> = {
    cwd: '/nowhere',
    env: { HOME: '/nowhere' },
    gateRoot: '/nowhere',
  };
  const context: CommandContext = new Proxy(Object.create(null), {
    get: (_target, key) => (typeof key === 'string' && key in world ? Reflect.get(world, key) : touched()),
  });
  try {
    await command.run(args, context);
  } catch (thrown) {
    return thrown instanceof GateError && thrown.code === 'INPUT_INVALID' ? thrown.message : undefined;
  }
  return 'it ended without touching anything';
}

describe('a command that a page shows', () => {
  it('is found on the pages at all', () => {
    expect(of('k8s-gate').length).toBeGreaterThan(20);
    expect(of('npm').length).toBeGreaterThan(20);
  });

  it.each(of('k8s-gate').map((entry) => [where(entry), wordsOf(entry.text).slice(1)] as const))(
    'is one of the gate: %s',
    async (_where, words) => {
      // `k8s-gate findings` is the name of a check run.
      if (words.join(' ') === 'findings') return;
      expect(await complaint(words)).toBeUndefined();
    },
  );

  it.each([
    [['check', '--engine', 'cel'], /no option --engine/],
    [['chek'], /no command chek/],
    [['engines', 'instal'], /install/],
    [['waivers', 'list'], /check, add or import/],
  ])('would be noticed if it were wrong: %j', async (words, message) => {
    expect(await complaint(words)).toMatch(message);
  });

  it('is a script of package.json, where npm runs it', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));
    const unknown = of('npm').filter(({ text }) => {
      const [, verb = '', script = ''] = wordsOf(text);
      return verb === 'run' ? !(script in scripts) : !['ci', 'test', 'install'].includes(verb);
    });
    expect(unknown.map(where)).toEqual([]);
  });

  it('starts a file that is there, where node, npx or bash does', () => {
    const missing = [...of('node'), ...of('bash'), ...of('npx')].filter(({ text }) => {
      const file = wordsOf(text)
        .slice(1)
        .find((word) => word.includes('/') && !word.startsWith('-') && !word.startsWith('/'));
      return file !== undefined && !/[<*]/.test(file) && !existsSync(path.join(root, file));
    });
    expect(missing.map(where)).toEqual([]);
  });
});

const blocks = pages.flatMap((page) => codeBlocks(pageText(page)).map((block) => ({ page, ...block })));
const yamlBlocks = blocks
  .filter(({ language }) => language === 'yaml' || language === 'yml')
  .map((block) => [`${block.page}:${block.line}`, block.text] as const);
const configKeys: readonly string[] = keysOfConfig.map(({ name }) => name);
const record = z.record(z.string(), z.unknown());
const actionlint = await installedTool('actionlint');

describe('YAML that a page shows', () => {
  it.each(yamlBlocks)('parses: %s', (_where, text) => {
    expect(parseAllDocuments(text, { version: '1.2' }).flatMap(({ errors }) => errors.map(({ message }) => message))).toEqual([]);
  });

  const values = yamlBlocks.flatMap(([place, text]) => {
    const value = record.safeParse(parseAllDocuments(text)[0]?.toJS());
    return value.success ? [{ place, text, value: value.data, keys: Object.keys(value.data) }] : [];
  });
  const configs = values.filter(({ keys }) => keys.every((key) => configKeys.includes(key)));
  const workflows = values.filter(({ keys }) => keys.includes('jobs'));

  it('has configurations and workflows among it', () => {
    expect(configs.length).toBeGreaterThan(1);
    expect(workflows.length).toBeGreaterThan(0);
  });

  it.each(configs.map(({ place, value }) => [place, value] as const))(
    'is a configuration that the gate takes: %s',
    (_place, value) => {
      expect(configComplaints({ version: 1, ...value })).toEqual([]);
    },
  );

  it.skipIf(actionlint === undefined).each(workflows.map(({ place, text }) => [place, text] as const))(
    'is a workflow that actionlint takes: %s',
    (_place, text) => {
      const run = spawnSync(actionlint?.path ?? '', ['-'], { input: text, encoding: 'utf8', cwd: root });
      expect(run.stdout + run.stderr).toBe('');
      expect(run.status).toBe(0);
    },
  );
});

it('links to files that are there, and to sections that they have', () => {
  const broken = pages.flatMap((page) =>
    [...pageText(page).matchAll(/\]\((?!<?https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].flatMap(([, file = '', section]) => {
      const target = file === '' ? page : path.join(path.dirname(page), file);
      if (!existsSync(path.join(root, target))) return [`${page}: ${file}`];
      return section === undefined || !target.endsWith('.md') || anchors(pageText(target)).includes(section)
        ? []
        : [`${page}: ${file}#${section}`];
    }),
  );
  expect(broken).toEqual([]);
});

/** https://docs.github.com/get-started/writing-on-github: lower case, punctuation away, spaces to dashes. */
function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
