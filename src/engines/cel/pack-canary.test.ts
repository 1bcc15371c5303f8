import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { loadPack } from './evaluate.ts';
import { requirePackCanary } from './pack-canary.ts';

const pack = path.join(import.meta.dirname, '../../../policies');
const file = 'pod-security-baseline/privileged.yaml';
const shipped = (text: string) => loadPack([{ path: file, text }]);
const text = readFileSync(path.join(pack, file), 'utf8');

it('takes the policy as it is shipped', () => {
  expect(() => requirePackCanary(shipped(text))).not.toThrow();
});

it('stops at a policy that no longer rejects anything', () => {
  const cut = text.replaceAll(/expression: variables[.]bad\w+[.]size[(][)] == 0/g, "expression: 'true'");
  expect(() => requirePackCanary(shipped(cut))).toThrow('the planted Pod was not rejected by privileged');
});

it('stops at a policy that no longer matches new objects', () => {
  expect(() => requirePackCanary(shipped(text.replaceAll('CREATE', 'DELETE')))).toThrow('not rejected by privileged');
});

it('stops at a policy that knows a path of the node by one of its names only', () => {
  const paths = 'pod-security-baseline/host-path-sensitive.yaml';
  const cut = readFileSync(path.join(pack, paths), 'utf8').replaceAll(".filter(s, s != '' && s != '.'", ".filter(s, s != ''");
  expect(() => requirePackCanary(loadPack([{ path: paths, text: cut }]))).toThrow('not rejected by host-path-sensitive');
});
