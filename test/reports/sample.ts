import type { Finding } from '../../src/model/finding.ts';
import type { RenderedDiff } from '../../src/model/rendered-diff.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { type Waiver, waiverStatuses } from '../../src/model/waiver.ts';
import { blocked, compared, hostile, hostileText } from '../support/verdicts.ts';

const unchanged: readonly string[] = ['1.2.1', 'require-probes', 'latest-tag'];

const fixed: Finding = {
  engine: 'cel',
  rule: 'host-path',
  category: 'policy',
  title: 'Volume logs is the path /var/log of the node',
  severity: 'high',
  subject: { kind: 'resource', resource: 'obj-000004', path: ['spec', 'volumes', 0, 'hostPath'] },
  fingerprint: '7c'.repeat(16),
  locations: [{ file: 'deploy/shipper.yaml', line: 31, column: 11, precision: 'field' }],
  resources: ['DaemonSet shop/shipper'],
  environments: [],
  sources: [{ engine: 'cel', rule: 'host-path', severity: 'high' }],
};

/** One value of a chart in three resources, one of them a Secret. */
const difference: RenderedDiff = {
  counts: { added: 0, changed: 3, removed: 0 },
  unchanged: 4,
  notCompared: [],
  deployables: [
    {
      unit: 'charts/shop',
      environments: ['production'],
      resources: [
        {
          change: 'changed',
          label: 'Deployment shop/api',
          source: { file: 'charts/shop/templates/api.yaml', line: 1 },
          lines: [
            '@@ -14,7 +14,8 @@',
            '     spec:',
            '       containers:',
            '         - name: web',
            '-          image: registry.example/shop/web:1.3',
            '+          image: registry.example/shop/web:1.4',
            '! critical trivy/CVE-2026-1234: openssl: remote code execution in the handshake (must be fixed)',
            '           securityContext:',
            '+            privileged: true',
            '! critical cel/privileged: Container web runs privileged (must be fixed)',
            '             runAsNonRoot: true',
          ],
        },
        {
          change: 'changed',
          label: 'ConfigMap shop/api',
          source: { file: 'charts/shop/templates/config.yaml', line: 1 },
          lines: ['@@ -4,4 +4,4 @@', '   name: api', '   namespace: shop', ' data:', '-  version: "1.3"', '+  version: "1.4"'],
        },
        {
          change: 'changed',
          label: 'Secret shop/api',
          source: { file: 'charts/shop/templates/secret.yaml', line: 1 },
          lines: ['@@ -5,3 +5,3 @@', ' data:', '   password: (hidden)', '-  url: (hidden)', '+  url: (hidden, changed)'],
        },
      ],
    },
  ],
};

/** A pull request as a team sees one: three engines, two environments, old and new findings, waivers, and one gap in coverage. */
export const sample: Verdict = {
  ...blocked,
  findings: blocked.findings.map((judged) => {
    const state = unchanged.includes(judged.finding.rule) ? 'unchanged' : 'new';
    const waived = compared.findings.find(({ finding }) => finding.fingerprint === judged.finding.fingerprint)?.waiver;
    return { ...judged, state, ...(waived !== undefined && { waiver: waived, decidedBy: 'waiver' }) };
  }),
  comparison: { status: 'compared', baseSha: '4f2c81d90be35a67f1c2d3e4a5b6978801234567', new: 3, unchanged: 3, fixed: [fixed] },
  difference,
  waivers: compared.waivers,
  coverage: [
    ...blocked.coverage,
    {
      kind: 'resource',
      label: 'Certificate shop/web',
      source: 'deploy/certificate.yaml:1',
      entries: [{ engine: 'cel', status: 'not-applicable', reason: 'no CEL policy applies to it' }],
    },
  ],
  totals: { files: 4, resources: 4, images: 1 },
};

const hostileWaiver: Waiver = {
  rule: hostileText,
  target: hostileText,
  reason: hostileText,
  owner: hostileText,
  expires: hostileText,
  environments: [hostileText],
  source: 'openvex',
  justification: hostileText,
  file: hostileText,
  line: 1,
};

/** An attacker's text in whatever a verdict has, comparison and waivers too. */
export const hostileEverywhere: Verdict = {
  ...hostile,
  findings: hostile.findings.map((judged) => ({ ...judged, state: 'new', waiver: hostileWaiver })),
  comparison: {
    status: 'compared',
    baseSha: 'b'.repeat(40),
    new: 12,
    unchanged: 0,
    fixed: hostile.findings.map(({ finding }) => finding),
  },
  difference: {
    counts: { added: 0, changed: 1, removed: 0 },
    unchanged: 0,
    notCompared: [{ what: hostileText, side: 'base', reason: hostileText }],
    deployables: [
      {
        unit: hostileText,
        environments: [hostileText],
        resources: [
          {
            change: 'changed',
            label: hostileText,
            source: { file: hostileText, line: 1 },
            lines: [hostileText, ` ${hostileText}`, ' ```', '+`````'],
            left: 3,
          },
        ],
      },
    ],
  },
  waivers: waiverStatuses.map((status) => ({ waiver: hostileWaiver, status, findings: 1, reason: hostileText })),
};
