import { GateError } from '../../model/gate-error.ts';
import type { JsonObject } from '../../model/json.ts';
import { type CelPolicy, evaluate } from './evaluate.ts';

/** Shipped policies that refuse the planted pod, whatever their parameters say. */
const refusing = ['privileged', 'host-namespaces', 'host-path-sensitive', 'no-latest-tag'];

/** As bad as a pod can be: root of the node by three ways. */
const bad: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'k8s-gate-canary', namespace: 'default' },
  spec: {
    hostNetwork: true,
    hostPID: true,
    containers: [{ name: 'a', image: 'canary.invalid/a:latest', securityContext: { privileged: true } }],
    volumes: [{ name: 'node', hostPath: { path: '/' } }],
  },
};

/**
 * Planted in each run that uses the pack: a pod that each of these has to refuse, where it is switched on. `canary.ts` holds the language to
 * its answers; this holds the policies themselves, which could be cut, emptied or about nothing. Throws ENGINE_COVERAGE.
 */
export function requirePackCanary(policies: readonly CelPolicy[]): void {
  const asked = policies.filter((policy) => refusing.includes(policy.name));
  const missed = asked.filter((policy) => !evaluate(policy, bad).some((result) => result.status === 'fail'));
  if (missed.length === 0) return;
  throw new GateError('ENGINE_COVERAGE', {
    message: `the planted pod was not refused by ${missed.map((policy) => policy.name).join(', ')}`,
    expected: 'each of these shipped policies to refuse it',
    next: 'Reinstall k8s-gate: its `policies` folder is not what was shipped.',
  });
}
