import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import { GateError } from '../model/gate-error.ts';
import type { Part } from './part.ts';
import { createResults, type Results } from './results.ts';
import { type Item, reuse } from './reuse.ts';

const binary = 'a'.repeat(64);
const tool = { id: 'fake', path: '/fake', version: '1', sha256: binary };
const target = (uid: string): Target => ({ kind: 'resource', resource: uid });
const item = (uid: string, content: string): Item => ({ target: target(uid), content });

function finding(uid: string, title: string): EngineFinding {
  return {
    engine: 'fake',
    rule: 'rule',
    category: 'policy',
    title,
    severity: 'high',
    subject: { kind: 'resource', resource: uid, path: ['spec'] },
  };
}

/** Complains of each content, and notes what it was asked. */
function engine(
  items: readonly Item[],
  results: Results,
  options: { readonly policy?: string; readonly tool?: typeof tool } = {},
) {
  const asked: string[] = [];
  const judge = async (missing: ReadonlySet<string>): Promise<Part> => {
    const todo = items.filter((one) => one.target.kind === 'resource' && missing.has(`resource:${one.target.resource}`));
    asked.push(...todo.map((one) => one.content));
    return {
      findings: todo.flatMap((one) => (one.target.kind === 'resource' ? [finding(one.target.resource, one.content)] : [])),
      coverage: todo.map((one) => ({ target: one.target, status: 'evaluated' })),
      notes: [],
    };
  };
  const context = { results, tool: options.tool ?? tool, progress: () => {} };
  return { asked, part: reuse(context, { engine: 'fake', policy: options.policy ?? 'p' }, items, judge) };
}

describe('results of an earlier run', () => {
  it('are used for the same content, under the uid of this run', async () => {
    const results = createResults();
    await engine([item('obj-1', 'a'), item('obj-2', 'b')], results).part;
    const second = engine([item('obj-7', 'b'), item('obj-8', 'c')], results);
    const part = await second.part;
    expect(second.asked).toEqual(['c']);
    expect(part.findings.map(({ subject, title }) => [subject.kind === 'resource' && subject.resource, title])).toEqual([
      ['obj-7', 'b'],
      ['obj-8', 'c'],
    ]);
    expect(part.notes).toEqual(['1 of 2 results are reused from an earlier run with the same content']);
  });

  it.each([
    ['another policy', { policy: 'other' }],
    ['another binary', { tool: { ...tool, sha256: 'b'.repeat(64) } }],
    ['a binary without a known hash', { tool: { id: 'fake', path: '/fake', version: '1' } as typeof tool }],
  ])('are not used with %s', async (_, options) => {
    const results = createResults();
    await engine([item('obj-1', 'a')], results).part;
    const second = engine([item('obj-1', 'a')], results, options);
    await second.part;
    expect(second.asked).toEqual(['a']);
  });

  it.each<[string, Part]>([
    [
      'a failure',
      {
        findings: [],
        coverage: [{ target: target('obj-1'), status: 'failed', error: new GateError('ENGINE_FAILED', { message: 'no' }) }],
        notes: [],
      },
    ],
    [
      'a finding about something else',
      { findings: [finding('obj-2', 'x')], coverage: [{ target: target('obj-1'), status: 'evaluated' }], notes: [] },
    ],
    ['a target without a result', { findings: [], coverage: [], notes: [] }],
  ])('never come of %s', async (_, part) => {
    const results = createResults();
    const context = { results, tool, progress: () => {} };
    expect(await reuse(context, { engine: 'fake' }, [item('obj-1', 'a')], async () => part)).toMatchObject(part);
    let asked = 0;
    await reuse(context, { engine: 'fake' }, [item('obj-1', 'a')], async () => {
      asked += 1;
      return part;
    });
    expect(asked).toBe(1);
  });

  it('make no difference, whatever changed between the runs', async () => {
    const contents = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(contents, { minLength: 1, maxLength: 4 }), async (runs) => {
        const results = createResults();
        for (const run of runs) {
          const items = run.map((content, index) => item(`obj-${index}`, content));
          const [kept, fresh] = [await engine(items, results).part, await engine(items, createResults()).part];
          const plain = (part: Part) => part.findings.map((entry) => JSON.stringify(entry)).toSorted();
          expect(plain(kept)).toEqual(plain(fresh));
          expect(kept.coverage.map((entry) => JSON.stringify(entry)).toSorted()).toEqual(
            fresh.coverage.map((entry) => JSON.stringify(entry)).toSorted(),
          );
        }
      }),
    );
  });
});
