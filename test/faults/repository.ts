import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import type { Trial } from './row.ts';

export const truths = ['clean', 'blocking'] as const satisfies readonly Trial['truth'][];

const rego = `# METADATA
# scope: package
# custom: { severity: critical }
package main

import rego.v1

deny contains msg if {
	some container in input.spec.template.spec.containers
	container.securityContext.privileged
	msg := "a container is privileged"
}
`;
const kyverno = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: { name: privileged, annotations: { policies.kyverno.io/severity: critical } }
spec:
  rules:
    - name: privileged
      match: { any: [{ resources: { kinds: [Deployment] } }] }
      validate:
        message: a container is privileged
        pattern: { spec: { template: { spec: { containers: [{ "=(securityContext)": { "=(privileged)": "false" } }] } } } }
`;
/** Added for the rows of Gatekeeper: a run without that engine refuses them. */
export const gatekeeperPolicies = {
  '.k8s-gate/policies/gatekeeper.yaml': `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: privileged }
spec:
  crd: { spec: { names: { kind: Privileged } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package privileged
        violation[{"msg": "a container is privileged"}] {
          input.review.object.spec.template.spec.containers[_].securityContext.privileged
        }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Privileged
metadata: { name: privileged, annotations: { k8s-gate.io/severity: critical } }
spec: { match: { kinds: [{ apiGroups: [apps], kinds: [Deployment] }] } }
`,
};
const settings = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { a: b }
`;

export const configuration = `version: 1
engines:
  kube-linter: { severity: { privileged-container: critical } }
`;

/** A small repository that every engine of the table finds clean, or refuses for one privileged container. */
export function files(truth: Trial['truth']): Readonly<Record<string, string>> {
  return {
    'deploy/web.yaml': truth === 'clean' ? goodDeployment : privilegedDeployment,
    'deploy/settings.yaml': settings,
    '.k8s-gate/policies/privileged.rego': rego,
    '.k8s-gate/policies/privileged.yaml': kyverno,
    '.k8s-gate.yaml': configuration,
  };
}
