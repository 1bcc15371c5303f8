import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { resourceTargets } from '../../src/engines/all-targets.ts';
import type { BoundEngine } from '../../src/engines/engine.ts';
import type { Part } from '../../src/engines/part.ts';
import { createResults } from '../../src/engines/results.ts';
import { runEngines } from '../../src/engines/run.ts';
import { collectFindings } from '../../src/findings/collect.ts';
import type { Coverage } from '../../src/model/engine-run.ts';
import { GateError } from '../../src/model/gate-error.ts';
import { defaultSeverityPolicy } from '../../src/model/severity.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { judge } from '../../src/verdict/judge.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { engineFinding, manifestSet, resource } from '../support/model.ts';
import { nodePorts } from '../support/node-ports.ts';
import { plainCanonicalizer } from '../support/plain-canonicalizer.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { judgeOne } from './in-process.ts';
import { type Damage, launcher } from './launcher.ts';

afterAll(removeTempFolders);

/** What one engine does with what it is given. `hit` picks the target that is. */
const faults = ['none', 'throws', 'throws late', 'drops one', 'drops all', 'fails one', 'foreign', 'doubles', 'no tool'] as const;
type Fault = (typeof faults)[number];
interface Scheduled {
  readonly fault: Fault;
  readonly hit: number;
  readonly delayMs: number;
}
const schedule = fc.record({
  /** Whether each resource is bad, for each engine to find. */
  resources: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
  engines: fc.array(
    fc.record({ fault: fc.constantFrom(...faults), hit: fc.nat({ max: 5 }), delayMs: fc.constantFrom(0, 1, 3) }),
    { minLength: 1, maxLength: 4 },
  ),
  concurrency: fc.integer({ min: 1, max: 4 }),
});

const uidOf = (index: number): string => `obj-${index}`;
const targetOf = (index: number) => ({ kind: 'resource', resource: uidOf(index) }) as const;

function engine(index: number, bad: readonly boolean[], { fault, hit, delayMs }: Scheduled): BoundEngine {
  const id = `engine-${index}`;
  const struck = hit % bad.length;
  const boom = new GateError('ENGINE_FAILED', { message: `${id} broke`, next: 'Fix it.' });
  const seen = bad.flatMap((_, at) => (fault === 'drops all' || (fault === 'drops one' && at === struck) ? [] : [at]));
  const coverage = seen.map(
    (at): Coverage =>
      fault === 'fails one' && at === struck
        ? { target: targetOf(at), status: 'failed', error: boom }
        : { target: fault === 'foreign' && at === struck ? targetOf(99) : targetOf(at), status: 'evaluated' },
  );
  const lost = (at: number): boolean => (fault === 'fails one' || fault === 'foreign') && at === struck;
  const findings = seen
    .filter((at) => bad[at] === true && !lost(at))
    .map((at) => engineFinding({ engine: id, severity: 'critical', subject: { ...targetOf(at), path: [] } }));
  const twice = <Item>(items: readonly Item[]): readonly Item[] => (fault === 'doubles' ? [...items, ...items] : items);
  return {
    id,
    title: id,
    ...(fault === 'no tool' && { tool: 'opa' }),
    kind: 'scanner',
    scope: 'target',
    enabled: true,
    notApplicable: () => undefined,
    targets: resourceTargets,
    async run(): Promise<Part> {
      if (fault === 'throws') throw boom;
      await sleep(delayMs);
      if (fault === 'throws late') throw new TypeError('undefined is not a function');
      return { version: '1', findings: twice(findings), coverage: twice(coverage), notes: [] };
    },
  };
}

async function play(bad: readonly boolean[], engines: readonly Scheduled[], concurrency: number): Promise<Verdict> {
  const set = manifestSet({ resources: bad.map((_, index) => resource({ uid: uidOf(index), name: `app-${index}` })) });
  const runs = await runEngines(
    engines.map((one, index) => engine(index, bad, one)),
    set,
    {
      ports: nodePorts,
      tools: (id) => Promise.reject(new GateError('TOOL_UNAVAILABLE', { message: `no ${id}` })),
      mode: 'strict',
      sandbox: 'auto',
      concurrency,
      checkout: workspace,
      trusted: workspace,
      gateRoot: workspace,
      cacheDir: workspace,
      tempDir: `${workspace}/${plays++}`,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
      canonical: plainCanonicalizer,
      results: createResults(),
      namedRegistries: () => Promise.resolve([]),
    },
  );
  const policy = { severity: defaultSeverityPolicy, environments: [], expectManifests: true, onlyNew: false };
  return judge({ set, runs, findings: collectFindings(runs, set), titles: {} }, policy);
}
const workspace = emptyFolder();
let plays = 0;
const harmless: readonly Fault[] = ['none', 'doubles'];

describe('any schedule of faults', () => {
  it('gives the true verdict or error, and the true one only where every engine saw everything', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async ({ resources, engines, concurrency }) => {
        const { outcome, errors, findings } = await play(resources, engines, concurrency);
        const [blocking, whole] = [resources.includes(true), engines.every(({ fault }) => harmless.includes(fault))];
        expect(errors.length > 0).toBe(!whole);
        if (whole) expect(outcome).toBe(blocking ? 'block' : 'pass');
        else expect(outcome).toBe(findings.length > 0 ? 'block' : 'error');
        if (!blocking) expect(outcome).not.toBe('block');
      }),
      { numRuns: 400 },
    );
  });

  it('gives one verdict, whatever the order and the number of engines at a time', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async ({ resources, engines }) => {
        const outcomes = await Promise.all([1, 2, 4].map(async (at) => (await play(resources, engines, at)).outcome));
        expect(new Set(outcomes).size).toBe(1);
      }),
      { numRuns: 60 },
    );
  });
});

const real = await Promise.all((['opa', 'kyverno'] as const).map(async (id) => ({ id, path: (await installedTool(id))?.path })));

describe.each(real)('the real $id, damaged at random', ({ id, path }) => {
  const anyDamage: fc.Arbitrary<Damage | undefined> = fc.oneof(
    fc.constant(undefined),
    fc.double({ min: 0, max: 0.999, noNaN: true }).map((at) => ({ how: 'truncate', at })),
    fc.constantFrom('empty', 'html', 'nothing', 'kill', 'kill-midway', 'stderr-only', 'trailing', 'null').map((how) => ({ how })),
    fc.constantFrom(2, 3, 126, 137, 139).map((code) => ({ how: 'exit', code })),
    fc.constantFrom('drop-target', 'drop-canary', 'deaf-canary', 'foreign-target').map((edit) => ({ how: 'edit', edit })),
  );
  const call = fc.constantFrom('', id === 'opa' ? '^eval ' : ' -p ');

  it.skipIf(path === undefined)(`is never taken for clean${path === undefined ? ' (skipped: not installed)' : ''}`, async () => {
    await fc.assert(
      fc.asyncProperty(anyDamage, call, fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }), async (damage, when, more) => {
        const blocking = more.includes(true);
        const files = Object.fromEntries(
          more.map((bad, index) => [
            `more/${index}.yaml`,
            (bad ? privilegedDeployment : goodDeployment).replace('name: web\n', `name: more-${index}\n`),
          ]),
        );
        const executable = await launcher({
          id,
          when,
          ...(path !== undefined && { real: path }),
          ...(damage !== undefined && { damage }),
        });
        const { outcome, said } = await judgeOne('clean', { engines: id, tools: [`${id}=${executable}`], files });
        const context = `${JSON.stringify({ damage, when, more })}: ${said}`;
        if (damage === undefined) expect(outcome, context).toBe(blocking ? 'block' : 'pass');
        else if (blocking) expect(['block', 'error'], context).toContain(outcome);
        else expect(['pass', 'error'], context).toContain(outcome);
      }),
      { numRuns: 15 },
    );
  });
});
