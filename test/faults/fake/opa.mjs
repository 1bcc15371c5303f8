import { readFileSync } from 'node:fs';
import { isPrivileged } from './manifests.mjs';

const capabilities = new URL('../../fixtures/opa/capabilities.1.19.1.json', import.meta.url);
/** What `opa parse` prints for a module with one rule, `deny contains msg`. */
const parsed = {
  package: { path: [{ value: 'data' }, { value: 'main' }] },
  annotations: [{ scope: 'package', custom: { severity: 'critical' } }],
  rules: [{ head: { ref: [{ type: 'var', value: 'deny' }], key: {} }, location: { row: 5 } }],
};

export function opa([verb]) {
  if (verb === 'capabilities') return { stdout: readFileSync(capabilities, 'utf8') };
  if (verb === 'parse') return { stdout: JSON.stringify(parsed) };
  if (verb !== 'eval') return {};
  const { documents, planted } = JSON.parse(readFileSync('input.json', 'utf8'));
  const judged = Object.entries(documents).map(([uid, object]) => [
    uid,
    { canary: [], r0: isPrivileged(object) ? ['a container is privileged'] : [] },
  ]);
  const canary = Object.keys(planted).map((name) => [name, { canary: ['planted'] }]);
  return { stdout: JSON.stringify({ result: [{ expressions: [{ value: Object.fromEntries([...judged, ...canary]) }] }] }) };
}
