import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blocked } from '../../test/support/verdicts.ts';
import { createNodePorts } from '../ports/node-ports.ts';
import { publishAll } from './publish.ts';
import type { BoundReporter, Reporter, ReportPorts } from './reporter.ts';

const broken: Reporter = {
  id: 'broken',
  title: 'Broken',
  summary: 'Throws.',
  render: () => {
    throw new Error('no pen');
  },
};
const echo: Reporter = {
  id: 'echo',
  title: 'Echo',
  summary: 'Writes its input.',
  render: (verdict, context) => `${verdict.outcome} ${context.color}\n`,
};
const only = (reporters: readonly BoundReporter[]) => ({ reporters, publishers: [] });
const context = { gateVersion: '1.2.3', color: true, width: 80 };

describe('publishAll', () => {
  let folder: string;
  let out: string[];
  let logged: string[];
  let ports: ReportPorts;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'k8s-gate-publish-'));
    out = [];
    logged = [];
    const note = (text: string): void => void logged.push(text);
    const log = { debug: note, info: note, warn: note, error: note };
    ports = { ...createNodePorts({ log, env: {} }), log, stdout: (text) => void out.push(text) };
  });
  afterEach(async () => await rm(folder, { recursive: true }));

  it('delivers several reports, in color only to a terminal', async () => {
    const file = path.join(folder, 'new', 'report.txt');
    const deliveries = await publishAll(
      blocked,
      only([
        { reporter: echo, destination: { kind: 'stdout' } },
        { reporter: echo, destination: { kind: 'file', path: file } },
        { reporter: echo, destination: { kind: 'log' } },
      ]),
      context,
      ports,
    );
    expect(deliveries.map((delivery) => delivery.status)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(out).toEqual(['block true\n']);
    expect(await readFile(file, 'utf8')).toBe('block false\n');
    expect(logged).toEqual(['block false']);
  });

  it('folds what a log can fold, and ends the groups before annotations are printed', async () => {
    const sections: Reporter = {
      ...echo,
      sections: () => [{ lines: ['verdict'] }, { folded: 'Warnings (1)', lines: ['a warning'] }, { folded: 'Empty', lines: [] }],
    };
    const group = (title: string | undefined): void => void logged.push(title === undefined ? '</>' : `<${title}>`);
    const annotations = { ...echo, standsInFor: 'check-run' };
    const bound = [
      { reporter: annotations, destination: { kind: 'log' } },
      { reporter: sections, destination: { kind: 'log' } },
    ] as const;
    await publishAll(blocked, only(bound), context, { ...ports, log: { ...ports.log, group } });
    expect(logged.join(' ')).toBe('</> verdict </> <Warnings (1)> a warning </> </> block false');
  });

  it('appends to a summary that may hold something already', async () => {
    const file = path.join(folder, 'summary.md');
    const destination = { kind: 'append', path: file } as const;
    await writeFile(file, 'before\n');
    await publishAll(blocked, only([{ reporter: echo, destination }]), context, ports);
    await publishAll(blocked, only([{ reporter: echo, destination }]), context, ports);
    expect(await readFile(file, 'utf8')).toBe('before\nblock false\nblock false\n');
  });

  it('logs which report could not be delivered and continues with the others', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const before = JSON.stringify(blocked);
    const deliveries = await publishAll(
      blocked,
      only([
        { reporter: broken, destination: { kind: 'stdout' } },
        { reporter: echo, destination: { kind: 'file', path: path.join(folder, 'file', 'below-a-file') } },
        { reporter: echo, destination: { kind: 'stdout' } },
      ]),
      context,
      ports,
    );
    expect(deliveries.map((delivery) => delivery.status)).toEqual(['degraded', 'degraded', 'delivered']);
    expect(logged[0]).toBe('The broken report could not be delivered: no pen');
    expect(logged[1]).toContain('below-a-file');
    expect(out).toEqual(['block true\n']);
    expect(JSON.stringify(blocked)).toBe(before);
  });

  it('survives a stdout that is gone', async () => {
    const stdout = (): void => {
      throw new Error('EPIPE');
    };
    const deliveries = await publishAll(blocked, only([{ reporter: echo, destination: { kind: 'stdout' } }]), context, {
      ...ports,
      stdout,
    });
    expect(deliveries).toEqual([{ status: 'degraded', reporter: 'echo', reason: 'EPIPE' }]);
  });
});
