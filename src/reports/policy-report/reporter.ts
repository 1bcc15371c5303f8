import { stringify } from 'yaml';
import { groupBy } from '../../model/group.ts';
import type { RenderContext, Reporter } from '../reporter.ts';
import { type Result, type ResultStatus, toResults } from './results.ts';

/**
 * PolicyReports (wgpolicyk8s.io/v1alpha2): one per namespace, and a ClusterPolicyReport for the rest. This group, and not its successor
 * openreports.io, because it is the default of Kyverno 1.19 and supported by all consumers of reports.
 * https://github.com/kubernetes-sigs/wg-policy-prototypes/tree/master/policy-report
 */
export const policyReportReporter: Reporter = {
  id: 'policy-report',
  title: 'PolicyReport',
  summary:
    'For consumers of Kubernetes policy reports: one PolicyReport per namespace and a ClusterPolicyReport (wgpolicyk8s.io/v1alpha2).',
  defaultFile: 'k8s-gate.policy-report.yaml',
  render: (verdict, context) => {
    const groups = groupBy(toResults(verdict), namespaceOf);
    const names = [...groups.keys()].filter((name) => name !== clusterWide).toSorted();
    const reports = [clusterWide, ...names].map((name) => toDocument(name, groups.get(name) ?? [], context));
    return reports.map((report) => stringify(report, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
  },
};

const clusterWide = '';

/** The common namespace of all resources of a result, or `clusterWide`. */
function namespaceOf({ resources = [] }: Result): string {
  const namespaces = new Set(resources.map((resource) => resource.namespace ?? clusterWide));
  const [only] = namespaces;
  return namespaces.size === 1 && only !== undefined ? only : clusterWide;
}

function toDocument(namespace: string, results: readonly Result[], { gateVersion, generatedAt }: RenderContext): object {
  const timestamp = { seconds: Math.floor(generatedAt.getTime() / 1000), nanos: 0 };
  const count = (status: ResultStatus): number => results.filter((result) => result.result === status).length;
  return {
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    kind: namespace === clusterWide ? 'ClusterPolicyReport' : 'PolicyReport',
    metadata: {
      name: 'k8s-gate',
      ...(namespace !== clusterWide && { namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'k8s-gate' },
      annotations: { 'k8s-gate/version': gateVersion },
    },
    summary: { pass: count('pass'), fail: count('fail'), warn: count('warn'), error: count('error'), skip: count('skip') },
    results: results.map((result) => ({ ...result, timestamp })),
  };
}
