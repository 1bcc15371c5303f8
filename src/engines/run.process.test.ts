import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { image, manifestSet, resource } from '../../test/support/model.ts';
import { nodePorts } from '../../test/support/node-ports.ts';
import { plainCanonicalizer } from '../../test/support/plain-canonicalizer.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import type { EngineRun } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import { createNodeProcesses } from '../ports/node-processes.ts';
import { imageTargets, resourceTargets } from './all-targets.ts';
import { defineEngine, type Engine } from './engine.ts';
import type { Part } from './part.ts';
import { createResults } from './results.ts';
import { type EnginesContext, runEngines } from './run.ts';

afterAll(removeTempFolders);

const set = manifestSet({ resources: [resource({ uid: 'obj-1' }), resource({ uid: 'obj-2' })] });
const evaluated = (uid: string) => ({ target: { kind: 'resource', resource: uid }, status: 'evaluated' }) as const;
const completed: Part = {
  version: '1',
  findings: [],
  coverage: [evaluated('obj-1'), evaluated('obj-2')],
  notes: [],
};

/** An engine with configurable behavior. */
function engine(part: Partial<Engine>): Engine {
  return {
    id: 'fake',
    kind: 'scanner',
    scope: () => 'target',
    title: 'Fake',
    summary: 'For tests.',
    options: z.unknown(),
    notApplicable: () => undefined,
    targets: resourceTargets,
    run: async () => completed,
    ...part,
  };
}

async function run(
  part: Partial<Engine>,
  context: Partial<EnginesContext> = {},
  enabled = true,
  judged = set,
): Promise<EngineRun | undefined> {
  const runs = await runEngines([defineEngine(engine(part)).bind({}, enabled)], judged, runContext(context));
  return runs[0];
}

function runContext(context: Partial<EnginesContext> = {}): EnginesContext {
  return {
    ports: nodePorts,
    tools: (id) => Promise.reject(new GateError('TOOL_UNAVAILABLE', { message: `no ${id}` })),
    mode: 'strict',
    sandbox: 'auto',
    concurrency: 2,
    checkout: emptyFolder(),
    trusted: '/',
    gateRoot: emptyFolder(),
    cacheDir: emptyFolder(),
    tempDir: emptyFolder(),
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    canonical: plainCanonicalizer,
    results: createResults(),
    namedRegistries: () => Promise.resolve([]),
    ...context,
  };
}

const policies = [{ file: 'policies/a.yaml', language: 'gatekeeper', text: '' }] as const;

describe('a disabled engine', () => {
  it('is skipped', async () => {
    expect(await run({ language: 'gatekeeper' }, {}, false, { ...set, policies })).toMatchObject({
      status: 'skipped',
      why: 'disabled',
    });
    expect(await run({ language: 'gatekeeper', refusesDisabled: true }, {}, false)).toMatchObject({
      status: 'skipped',
      why: 'disabled',
    });
  });

  it('fails if it has policies that may not be left out', async () => {
    expect(await run({ language: 'gatekeeper', refusesDisabled: true }, {}, false, { ...set, policies })).toMatchObject({
      status: 'failed',
      error: { code: 'POLICY_INVALID', details: { file: 'policies/a.yaml', line: 1 } },
    });
  });
});

describe('a missing binary', () => {
  it('fails a strict run', async () => {
    expect(await run({ tool: 'trivy' })).toMatchObject({ status: 'failed', error: { code: 'TOOL_UNAVAILABLE' } });
  });

  it('is skipped with a warning in auto mode', async () => {
    expect(await run({ tool: 'trivy' }, { mode: 'auto' })).toMatchObject({
      status: 'skipped',
      why: 'unavailable',
      reason: 'no trivy',
    });
  });

  it('names the policies that are not evaluated because of it', async () => {
    const own = await run({ tool: 'trivy', language: 'gatekeeper' }, { mode: 'auto' }, true, { ...set, policies });
    expect(own).toMatchObject({ status: 'skipped', why: 'unavailable', policies: ['policies/a.yaml'] });
  });

  it('is never left out where it is there and untrusted', async () => {
    const tools = () => Promise.reject(new GateError('TOOL_UNTRUSTED', { message: 'another hash' }));
    expect(await run({ tool: 'trivy' }, { mode: 'auto', tools })).toMatchObject({
      status: 'failed',
      error: { code: 'TOOL_UNTRUSTED' },
    });
  });
});

describe('what an engine reported no result for', () => {
  it('is a failed target', async () => {
    const partial = await run({ run: async () => ({ ...completed, coverage: [evaluated('obj-1')] }) });
    expect(partial).toMatchObject({
      status: 'completed',
      coverage: [{ status: 'evaluated' }, { status: 'failed', error: { code: 'ENGINE_COVERAGE' } }],
    });
  });

  it('is the whole run where it looked at nothing', async () => {
    const nothing = await run({ targets: () => [], run: async () => ({ ...completed, coverage: [] }) });
    expect(nothing).toMatchObject({ status: 'failed', error: { code: 'ENGINE_COVERAGE' } });
  });
});

describe('an engine that verifies SBOMs', () => {
  const sboms = async () => ({ status: 'none', why: 'a test' }) as const;
  const received = async (enabled: boolean) => {
    let seen: unknown;
    const reader = engine({
      run: async (context) => {
        seen = context.sboms;
        return completed;
      },
    });
    const bound = [engine({ id: 'verifier', sboms: () => sboms }), reader].map((one, index) =>
      defineEngine(one).bind({}, index === 1 || enabled),
    );
    await runEngines(bound, set, runContext());
    return seen;
  };

  it('passes them on to the others, unless it is disabled', async () => {
    expect(await received(true)).toBe(sboms);
    expect(await received(false)).toBeUndefined();
  });
});

describe('a system that does not isolate', () => {
  const bare = {
    cut: undefined,
    open: [],
    limit: undefined,
    privileges: true,
    environment: true,
    why: 'this system allows no user namespaces',
  };
  const processes = createNodeProcesses({}, async () => bare);
  const ports = { ...nodePorts, processes };
  const started: Partial<Engine> = {
    async run(context) {
      const command = { executable: '/bin/echo', args: ['ran'], cwd: '/', env: {}, timeoutMs: 9_000, maxOutputBytes: 100 };
      for (const network of ['none', 'none', 'allowed'] as const)
        expect(await context.ports.processes.run({ ...command, network })).toMatchObject({ end: 'exited', stdout: 'ran\n' });
      return completed;
    },
  };

  it('is mentioned once in the notes', async () => {
    expect(await run(started, { ports })).toMatchObject({
      status: 'completed',
      notes: [
        'network was not cut off: this system allows no user namespaces',
        'memory was not limited: there is no prlimit (util-linux)',
      ],
    });
  });

  it('fails the engine where the configuration is strict', async () => {
    const failed = await run(started, { ports, sandbox: 'strict' });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'ENGINE_FAILED' } });
    expect(failed?.status === 'failed' && failed.error.message).toContain('network was not cut off');
  });

  it('does not apply to an engine without sandboxed processes', async () => {
    const inProcess: Partial<Engine> = { run: async () => completed };
    expect(await run(inProcess, { ports, sandbox: 'strict' })).toMatchObject({ status: 'completed', notes: [] });
  });
});

describe('an engine that goes wrong', () => {
  it('fails where it throws', async () => {
    const thrown = await run({ run: () => Promise.reject(new Error('boom')) });
    expect(thrown).toMatchObject({ status: 'failed', error: { code: 'ENGINE_FAILED' } });
  });

  it('fails where it hangs and ignores its signal', async () => {
    const hung = await run({ run: () => new Promise(() => {}) }, { timeoutMs: 20 });
    expect(hung).toMatchObject({ status: 'failed', error: { code: 'ENGINE_TIMEOUT' } });
  });

  it('is reported as disabled if the configuration disables it', async () => {
    expect(await run({}, {}, false)).toMatchObject({ status: 'skipped', why: 'disabled' });
  });
});

describe('an image that is not a reference', () => {
  const error = new GateError('IMAGE_INVALID', { message: 'ko://x is not an image reference', file: 'deploy/app.yaml', line: 9 });
  const judged = manifestSet({
    images: [
      image('a:1'),
      { ...image('ko://x'), unresolved: { error, what: 'a placeholder', atRunTime: false } },
      { ...image('$(params.image)'), unresolved: { error, what: 'a parameter', atRunTime: true } },
    ],
  });

  it('is a failure where images are to be scanned, and no engine is given it', async () => {
    const given: string[] = [];
    const scanner: Partial<Engine> = {
      targets: imageTargets,
      run: async ({ set: { images } }) => {
        given.push(...images.map(({ reference }) => reference));
        return {
          ...completed,
          coverage: images.map(({ reference }) => ({ target: { kind: 'image', reference }, status: 'evaluated' })),
        };
      },
    };
    const ended = await run(scanner, {}, true, judged);
    expect(given).toEqual(['a:1']);
    expect(ended?.status === 'completed' && ended.coverage).toEqual([
      { target: { kind: 'image', reference: 'a:1' }, status: 'evaluated' },
      { target: { kind: 'image', reference: 'ko://x' }, status: 'failed', error },
    ]);
  });
});
