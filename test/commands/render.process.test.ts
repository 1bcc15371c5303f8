import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../src/commands/command.ts';
import { nothingCompared } from '../../src/commands/diff.ts';
import { renderCommand } from '../../src/commands/render.ts';
import { createResults } from '../../src/engines/results.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';

const gateRoot = path.join(import.meta.dirname, '..', '..');
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let cwd = '';
let printed = '';

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'k8s-gate-render-'));
  printed = '';
});
afterEach(() => rmSync(cwd, { recursive: true }));

function context(): CommandContext {
  return {
    cwd,
    env: { HOME: cwd },
    ports: createNodePorts({ log: silent, env: { PATH: process.env.PATH } }),
    stdout: (text) => {
      printed += text;
    },
    terminal: { color: false, width: 80 },
    gateRoot,
    gateVersion: '0',
    cores: 1,
    signal: new AbortController().signal,
    openResults: () => Promise.resolve({ results: createResults(), changed: () => false, save: async () => {} }),
  };
}

describe('render --deployable', () => {
  it('names what was rendered if the name is wrong', async () => {
    writeFileSync(path.join(cwd, 'web.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n');
    await expect(renderCommand.run(['--deployable', 'charts/shop'], context())).rejects.toThrow(
      /nothing named .* one of web\.yaml/,
    );
    expect(await renderCommand.run(['--deployable', 'web.yaml'], context())).toBe(0);
    expect(printed).toContain('kind: ConfigMap');
  });

  it('names the next step if nothing was rendered', async () => {
    writeFileSync(path.join(cwd, 'notes.txt'), 'nothing\n');
    await expect(renderCommand.run(['--deployable', 'charts/shop'], context())).rejects.toThrow(
      /neither was anything else; expected a chart, kustomization or file of this folder. Run `k8s-gate render` without --deployable/,
    );
  });
});

it('ends a diff without a base with the reason and the next step', () => {
  const { message } = nothingCompared('main', { status: 'unavailable', reason: 'the chart does not parse' });
  expect(message).toMatch(/^nothing was compared: the chart does not parse; expected manifests of main and .*--base/);
});
