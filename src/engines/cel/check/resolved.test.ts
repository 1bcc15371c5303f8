import path from 'node:path';
import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, it } from 'vitest';
import { createNodeFiles } from '../../../ports/node-files.ts';
import { eachNode, isNode, type Node } from '../node.ts';
import { parsePack, readPackTexts } from '../pack.ts';
import { rewrite } from '../source.ts';
import { check } from './checker.ts';
import { namesOf } from './names.ts';
import { assumed } from './resolved.ts';
import { dyn } from './types.ts';

const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
const pack = parsePack(await readPackTexts(createNodeFiles(), path.join(import.meta.dirname, '../../../..')));
const expressions = pack.flatMap(({ spec: { variables, matchConditions, validations } }) => {
  const names = new Map(variables.map(({ name }) => [name, dyn]));
  const texts = [
    ...[...variables, ...matchConditions, ...validations].map(({ expression }) => expression),
    ...validations.flatMap(({ messageExpression }) => messageExpression ?? []),
  ];
  return texts.map((text) => ({ text, names }));
});

function treeOf(text: string): Node {
  const { ast } = environment.parse(rewrite(text));
  if (!isNode(ast)) throw new Error(`no tree of ${text}`);
  return ast;
}

describe('the names in the expressions of the shipped policies', () => {
  it('are those of the same functions and types if they are not checked again', () => {
    const compared = { calls: 0, differences: [] as string[] };
    for (const { text, names } of expressions) {
      const root = treeOf(text);
      const checked = check(root, namesOf(text, { params: true, variables: names }));
      eachNode(root, (node) => {
        if (assumed.isTypeName(node) !== checked.isTypeName(node)) compared.differences.push(`a type: ${text}`);
        const [ours, theirs] = [assumed.resolution(node), checked.resolution(node)];
        if (ours === undefined || theirs === undefined) return;
        compared.calls += 1;
        if (ours.namespaced !== theirs.namespaced || ours.all[0]?.id !== theirs.all[0]?.id)
          compared.differences.push(`${theirs.all[0]?.id}: ${text}`);
      });
    }
    expect(compared.differences).toEqual([]);
    expect(compared.calls).toBeGreaterThan(100);
  });
});
