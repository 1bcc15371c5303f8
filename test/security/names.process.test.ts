import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Report } from '../../src/reports/json/schema.ts';
import { type ActionRun, repository, runAction } from '../support/gate-process.ts';
import { privilegedDeployment } from '../support/manifests.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

/** What a file may be called on Linux, each with a privileged container in it. */
const names = [
  'line\n::error::forged.yaml',
  'line\r::stop-commands::x.yaml',
  '%0A::error::forged.yaml',
  '::set-output name=verdict::pass.yaml',
  '##[add-mask]a.yaml',
  'verdict<<EOF\npass\nEOF\n.yaml',
  '\u001b[2J\u001b]0;owned\u0007.yaml',
  '\u202egnp.yaml',
  '\u200bzero\u2066width.yaml',
  '🚢 ship.yaml',
  '-rf.yaml',
  '--config=evil.yaml',
  '$(touch owned).yaml',
  '`code` | <img src=x onerror=alert(1)> @everyone [x](javascript:x).yaml',
  "'; alert(1) ;'.yaml",
  ']]>&amp;<.yaml',
  '.yaml',
  'Case.yaml',
  'case.yaml',
];

describe('hostile file names', () => {
  let run: ActionRun;
  const reports = emptyFolder();
  const file = (name: string) => path.join(reports, name);
  const read = (name: string) => readFileSync(file(name), 'utf8');

  beforeAll(async () => {
    const files = names.map((name, index) => [name, privilegedDeployment.replaceAll('web', `web${index}`)] as const);
    const inputs = {
      engines: 'cel',
      'report-json': file('r.json'),
      sarif: file('r.sarif'),
      html: file('r.html'),
      junit: file('r.xml'),
    };
    run = await runAction(inputs, await repository(Object.fromEntries(files)));
  });
  afterAll(removeTempFolders);

  it('hide no file', () => {
    const report = Report.parse(JSON.parse(read('r.json')));
    const blocked = report.findings
      .filter(({ rule }) => rule.includes('privileged'))
      .flatMap(({ locations }) => locations.map((at) => at.file));
    expect(new Set(blocked)).toEqual(new Set(names));
    expect(run.outputs.verdict).toBe('block');
  });

  it('write no command for the runner', () => {
    const lines = `${run.stdout}\n${run.stderr}`.split(/[\n\r]/);
    const commands = lines.filter((line) => /^\s*::/.test(line)).map((line) => /::[^ :]*/.exec(line)?.[0]);
    expect(commands.length).toBeGreaterThan(0);
    const own = ['::error', '::warning', '::notice', '::group', '::endgroup'];
    expect([...new Set(commands)].filter((command) => !own.includes(command ?? ''))).toEqual([]);
    // Titles of groups are the gate's own words.
    const titles = lines.filter((line) => line.startsWith('::group::')).map((line) => line.slice('::group::'.length));
    expect(titles.filter((title) => !/^[A-Z][a-z ]+$/.test(title))).toEqual([]);
    // The runner takes `##[` anywhere, but not from a line that is a command already.
    expect(lines.filter((line) => !line.startsWith('::')).join('\n')).not.toContain('##[');
  });

  it('set no output but ours', () => {
    const declared = [
      ...(readFileSync(path.join(root, 'action.yml'), 'utf8').split('outputs:')[1] ?? '').matchAll(/^ {2}([a-z-]+):$/gm),
    ].map(([, name]) => name);
    expect(declared).toEqual(expect.arrayContaining(Object.keys(run.outputs)));
    expect(run.outputs.verdict).toBe('block');
  });

  it('steer no terminal and reorder no line', () => {
    for (const text of [run.stdout, run.stderr, run.summary, read('r.html'), read('r.xml')])
      expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}]/u);
  });

  it('bring no markup into summary or page', () => {
    expect(run.summary).not.toMatch(/<img|\]\(javascript:|(?<![`\w])@everyone/);
    expect(read('r.html')).not.toMatch(/<img/i);
  });

  it('stay below the repository as addresses in SARIF', () => {
    const uris = [...read('r.sarif').matchAll(/"uri": ?"([^"]*)"/g)]
      .map(([, uri]) => uri ?? '')
      .filter((uri) => !uri.startsWith('https://'));
    expect(uris.length).toBeGreaterThanOrEqual(names.length);
    for (const uri of uris) expect(new URL(uri, 'file:///repo/').href).toMatch(/^file:\/\/\/repo\/[^/\\]+$/);
  });
});
