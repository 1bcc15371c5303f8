import type { Finding } from '../../src/model/finding.ts';
import { GateError } from '../../src/model/gate-error.ts';
import { type Action, actions, defaultSeverityPolicy, severities } from '../../src/model/severity.ts';
import type { CoverageEntry, CoverageRow, EngineSummary, JudgedFinding, Verdict } from '../../src/model/verdict.ts';
import type { Waiver } from '../../src/model/waiver.ts';
import type { RenderContext } from '../../src/reports/reporter.ts';
import { finding } from './model.ts';

/** Verdicts as the gate would reach them, for tests of reports. Counts are computed, so that they always agree with the findings. */
export const renderContext: RenderContext = {
  gateVersion: '1.2.3',
  generatedAt: new Date('2026-11-24T10:00:00Z'),
  color: false,
  width: 100,
};

function verdict(part: Partial<Verdict> & Pick<Verdict, 'outcome' | 'reason'>): Verdict {
  const findings = part.findings ?? [];
  const count = <T extends string>(names: readonly T[], of: (judged: JudgedFinding) => T): Record<T, number> =>
    Object.fromEntries(names.map((name) => [name, findings.filter((judged) => of(judged) === name).length])) as Record<T, number>;
  return frozen({
    findings,
    counts: count(actions, (judged) => judged.action),
    severities: count(severities, (judged) => judged.finding.severity),
    errors: [],
    engines: engines.map((engine) => ({ ...engine, findings: saidBy(engine.engine, findings) })),
    coverage: ledger,
    policies: { default: defaultSeverityPolicy },
    waivers: [],
    totals: { files: 3, resources: 3, images: 1 },
    ...part,
  });
}

/** A report that changes the verdict it is given throws. */
function frozen<T extends object>(value: T): T {
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) frozen(part);
  return value;
}

function saidBy(engine: string, findings: readonly JudgedFinding[]): number {
  return findings.filter(({ finding: { sources } }) => sources.some((source) => source.engine === engine)).length;
}

const engines: readonly EngineSummary[] = [
  {
    engine: 'cel',
    title: 'CEL policies',
    status: 'completed',
    version: '1.2.3',
    findings: 0,
    evaluated: 3,
    durationMs: 41,
    notes: [],
  },
  {
    engine: 'trivy',
    title: 'Trivy',
    status: 'completed',
    version: '0.74.0',
    findings: 0,
    evaluated: 4,
    durationMs: 2034,
    notes: ['database of 2026-11-20'],
  },
  {
    engine: 'kyverno',
    title: 'Kyverno',
    status: 'skipped',
    findings: 0,
    evaluated: 0,
    reason: 'no Kyverno policy is configured',
    notes: [],
  },
];

const both: readonly CoverageEntry[] = [
  { engine: 'cel', status: 'evaluated' },
  { engine: 'trivy', status: 'evaluated' },
];
const ledger: readonly CoverageRow[] = [
  { kind: 'file', label: 'deploy/web.yaml', entries: [{ engine: 'read', status: 'evaluated', reason: '1 resource' }] },
  { kind: 'file', label: 'charts/shop', entries: [{ engine: 'helm', status: 'evaluated', reason: '1 resource' }] },
  { kind: 'file', label: 'overlays/production', entries: [{ engine: 'kustomize', status: 'evaluated', reason: '1 resource' }] },
  {
    kind: 'file',
    label: '.github/workflows/ci.yaml',
    entries: [{ engine: 'read', status: 'skipped', reason: 'not a Kubernetes manifest' }],
  },
  { kind: 'resource', label: 'Deployment shop/web', source: 'deploy/web.yaml:1', entries: both },
  { kind: 'resource', label: 'Deployment shop/api', source: 'charts/shop/templates/api.yaml:1', entries: both },
  { kind: 'resource', label: 'Deployment pay/ledger', source: 'base/ledger.yaml:1', entries: both },
  {
    kind: 'image',
    label: 'registry.example/shop/web:1.4',
    entries: [
      { engine: 'cel', status: 'not-applicable', reason: 'policies judge manifests' },
      { engine: 'trivy', status: 'evaluated' },
    ],
  },
];

export const clean: Verdict = verdict({ outcome: 'pass', reason: 'no findings' });

const privileged: Finding = finding({
  engine: 'cel',
  rule: 'privileged',
  category: 'policy',
  title: 'Container web runs privileged',
  detail: 'A privileged container has every capability of the node and can leave its sandbox.',
  severity: 'critical',
  subject: {
    kind: 'resource',
    resource: 'obj-000001',
    path: ['spec', 'template', 'spec', 'containers', 0, 'securityContext', 'privileged'],
  },
  fix: {
    text: 'Set securityContext.privileged to false.',
    patch: [{ op: 'replace', path: '/spec/template/spec/containers/0/securityContext/privileged', value: false }],
  },
  helpUrl: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  fingerprint: 'a1'.repeat(16),
  locations: [{ file: 'charts/shop/values.yaml', line: 12, column: 15, precision: 'field' }],
  resources: ['Deployment shop/api'],
  environments: ['production'],
  sources: [
    { engine: 'cel', rule: 'privileged', severity: 'critical' },
    { engine: 'trivy', rule: 'KSV-0017', severity: 'high' },
  ],
});
const noLimits: Finding = finding({
  engine: 'cel',
  rule: 'require-limits',
  category: 'best-practice',
  title: 'Container ledger has no memory limit',
  severity: 'high',
  subject: { kind: 'resource', resource: 'obj-000003', path: ['spec', 'template', 'spec', 'containers', 0] },
  fix: { text: 'Add resources.limits.memory.' },
  fingerprint: 'b2'.repeat(16),
  locations: [{ file: 'overlays/production/ledger.yaml', line: 7, column: 9, endLine: 11, precision: 'parent' }],
  resources: ['Deployment pay/ledger'],
  environments: ['production'],
  sources: [{ engine: 'cel', rule: 'require-limits', severity: 'high' }],
});
const vulnerable: Finding = finding({
  engine: 'trivy',
  rule: 'CVE-2026-1234',
  category: 'vulnerability',
  title: 'openssl: remote code execution in the handshake',
  detail: 'A crafted certificate overflows a buffer.',
  severity: 'critical',
  subject: { kind: 'image', reference: 'registry.example/shop/web:1.4', component: 'openssl 3.0.2' },
  fix: { text: 'Update openssl', fixedVersion: '3.0.14' },
  helpUrl: 'https://avd.example/nvd/cve-2026-1234',
  fingerprint: 'c3'.repeat(16),
  locations: [
    { file: 'deploy/web.yaml', line: 18, column: 18, precision: 'field' },
    { file: 'charts/shop/values.yaml', line: 3, column: 10, precision: 'field' },
  ],
  resources: ['Deployment shop/web', 'Deployment shop/api'],
  sources: [{ engine: 'trivy', rule: 'CVE-2026-1234', severity: 'critical' }],
});
const benchmark: Finding = finding({
  engine: 'kube-bench',
  rule: '1.2.1',
  category: 'benchmark',
  title: 'The API server allows anonymous requests',
  severity: 'critical',
  subject: { kind: 'cluster', node: 'control-plane-1' },
  fix: { text: 'Set --anonymous-auth=false.' },
  fingerprint: 'd4'.repeat(16),
  locations: [],
  resources: [],
  sources: [{ engine: 'kube-bench', rule: '1.2.1', severity: 'critical' }],
});
const latestTag: Finding = finding({
  engine: 'cel',
  rule: 'latest-tag',
  category: 'best-practice',
  title: 'Image has no fixed tag',
  severity: 'medium',
  fingerprint: 'e5'.repeat(16),
  locations: [{ file: 'deploy/web.yaml', line: 18, precision: 'field' }],
  resources: ['Deployment shop/web'],
  sources: [{ engine: 'cel', rule: 'latest-tag', severity: 'medium' }],
});

const noProbe: Finding = {
  ...noLimits,
  rule: 'require-probes',
  title: 'Container ledger has no readiness probe',
  severity: 'unknown',
  fix: { text: 'Add a readinessProbe.' },
  fingerprint: 'f6'.repeat(16),
  sources: [{ engine: 'cel', rule: 'require-probes', severity: 'unknown' }],
};

function judged(found: Finding, action: Action, decidedBy = 'default'): JudgedFinding {
  return { finding: found, action, decidedBy };
}

export const warned: Verdict = verdict({
  outcome: 'warn',
  reason: 'nothing blocks; 1 finding to review',
  findings: [judged(noLimits, 'warn'), judged(latestTag, 'allow')],
});

/** A chart's value, an image used twice, a kustomize overlay judged by its environment, and a node of the cluster. */
export const blocked: Verdict = verdict({
  outcome: 'block',
  reason: '4 findings must be fixed before this change can be merged',
  findings: [
    judged(benchmark, 'block'),
    judged(privileged, 'block'),
    judged(vulnerable, 'block'),
    judged(noLimits, 'block', 'production'),
    judged(noProbe, 'warn'),
    judged(latestTag, 'allow'),
  ],
  policies: { default: defaultSeverityPolicy, production: { ...defaultSeverityPolicy, high: 'block' } },
  engines: [
    ...engines.map((engine) => ({ ...engine, findings: { cel: 4, trivy: 2 }[engine.engine] ?? 0 })),
    { engine: 'kube-bench', title: 'kube-bench', status: 'completed', version: '0.15.6', findings: 1, evaluated: 1, notes: [] },
  ],
  coverage: [...ledger, { kind: 'cluster', label: 'control-plane-1', entries: [{ engine: 'kube-bench', status: 'evaluated' }] }],
});

const waiver: Waiver = {
  rule: 'cel/latest-tag',
  target: 'Deployment shop/*',
  reason: 'The tag is resolved by the release job until the registry keeps digests (PLAT-312).',
  owner: 'team-shop',
  expires: '2027-01-31',
  source: 'waivers',
  file: '.k8s-gate/waivers.yaml',
  line: 3,
};

/** A pull request judged against its base: one finding is new, one was there before, one is waived, one is fixed. */
export const compared: Verdict = verdict({
  outcome: 'block',
  reason: '1 finding must be fixed before this change can be merged',
  findings: [
    { ...judged(privileged, 'block'), state: 'new' },
    { ...judged(noLimits, 'warn'), state: 'unchanged' },
    { ...judged(latestTag, 'allow', 'waiver'), state: 'unchanged', waiver },
  ],
  comparison: { status: 'compared', baseSha: 'b'.repeat(40), new: 1, unchanged: 2, fixed: [vulnerable] },
  preview: { status: 'known', refused: [judged(noProbe, 'block')], lifted: 1 },
  waivers: [
    { waiver, status: 'in-force', findings: 1 },
    { waiver: { ...waiver, rule: 'cel/privileged', expires: '2026-10-31', line: 9 }, status: 'expired', findings: 0 },
    { waiver: { ...waiver, rule: 'trivy/CVE-2020-1', target: 'nginx:*', line: 15 }, status: 'unused', findings: 0 },
  ],
});

/** A chart that does not render and an engine that died: nothing is known to be wrong, and nothing is known to be right. */
export const incomplete: Verdict = verdict({
  outcome: 'error',
  reason: 'the gate could not evaluate this change: 2 errors',
  findings: [judged(latestTag, 'allow')],
  errors: [
    new GateError('RENDER_FAILED', {
      message: 'the chart does not render: nil pointer evaluating interface {}.tag',
      file: 'charts/shop/templates/api.yaml',
      line: 14,
      column: 20,
      expected: 'a chart that renders with each of its values files',
      next: 'Run `helm template charts/shop -f charts/shop/values.yaml`.',
    }),
    new GateError('ENGINE_FAILED', { message: 'trivy was killed by signal SIGKILL', next: 'Give the job more memory.' }),
  ],
  engines: [
    {
      engine: 'cel',
      title: 'CEL policies',
      status: 'completed',
      version: '1.2.3',
      findings: 1,
      evaluated: 1,
      durationMs: 12,
      notes: [],
    },
    {
      engine: 'trivy',
      title: 'Trivy',
      status: 'failed',
      findings: 0,
      evaluated: 0,
      durationMs: 90,
      reason: 'trivy was killed by signal SIGKILL',
      notes: [],
    },
  ],
  coverage: [
    { kind: 'file', label: 'charts/shop', entries: [{ engine: 'helm', status: 'failed', reason: 'the chart does not render' }] },
    {
      kind: 'resource',
      label: 'Deployment shop/web',
      source: 'deploy/web.yaml:1',
      entries: [{ engine: 'cel', status: 'evaluated' }],
    },
    { kind: 'image', label: 'registry.example/shop/web:1.4', entries: [] },
  ],
  totals: { files: 2, resources: 1, images: 1 },
});

/** What a pull request of an attacker may put into any name, path or message. */
export const hostileText = [
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '</code></details>',
  '@octocat @org/team admin@example.com #1 GH-2 octo/repo#3',
  'https://evil.example/x www.evil.example [click](https://evil.example) ![i](https://evil.example/i.png) <https://evil.example>',
  '| cell | `tick` ``` $math$ **bold** \\| ]]> -->',
  '\n::error file=x::injected\n::set-output name=a::b\r\n##[error]old\n::stop-commands::x\n# heading\n- item\n~~~\n',
  '%0A::warning::again %3A, %25 {0} {{x}} \\{',
  '\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u0000\u0008\u007f\u009b',
  '\u202etxt.lmay\u202c \u2066\u2069 \u200b\ufeff \ufffe \ud800 \udc00 😀 é ä̈',
].join(' ');

export const hostile: Verdict = verdict({
  outcome: 'block',
  reason: hostileText,
  findings: (['block', 'warn', 'allow'] as const).flatMap((action) =>
    hostileFindings().map((found) => judged(found, action, hostileText)),
  ),
  errors: [
    new GateError('MANIFEST_INVALID', {
      message: hostileText,
      file: hostileText,
      line: 3,
      column: 2,
      expected: hostileText,
      next: hostileText,
    }),
  ],
  engines: [
    {
      engine: hostileText,
      title: hostileText,
      status: 'completed',
      version: hostileText,
      findings: 3,
      evaluated: 1,
      notes: [hostileText],
    },
    {
      engine: `${hostileText}2`,
      title: hostileText,
      status: 'skipped',
      findings: 0,
      evaluated: 0,
      reason: hostileText,
      notes: [],
    },
  ],
  coverage: (['file', 'resource', 'image', 'result', 'cluster'] as const).map((kind) => ({
    kind,
    label: hostileText,
    source: hostileText,
    entries: [
      { engine: hostileText, status: 'evaluated' },
      { engine: `${hostileText}2`, status: 'failed', reason: hostileText },
      { engine: `${hostileText}3`, status: 'not-applicable', reason: hostileText },
    ],
  })),
  policies: { default: defaultSeverityPolicy, [hostileText]: defaultSeverityPolicy },
});

function hostileFindings(): readonly Finding[] {
  const common = {
    engine: hostileText,
    rule: hostileText,
    title: hostileText,
    detail: hostileText,
    fix: {
      text: hostileText,
      fixedVersion: hostileText,
      patch: [{ op: 'add', path: hostileText, value: { [hostileText]: 9007199254740993n } }],
    },
    resources: [hostileText],
    environments: [hostileText],
    sources: [
      { engine: hostileText, rule: hostileText, severity: 'critical' },
      { engine: 'cel', rule: hostileText, severity: 'low', title: hostileText },
    ],
    context: [hostileText],
    severity: 'critical',
  } as const;
  const location = { file: hostileText, line: 1, column: 1, precision: 'file' } as const;
  return [
    finding({ ...common, subject: { kind: 'resource', resource: 'obj-1', path: [hostileText] }, locations: [location] }),
    finding({
      ...common,
      subject: { kind: 'image', reference: hostileText, component: hostileText },
      locations: [{ ...location, file: '../../etc/passwd' }],
      helpUrl: 'javascript:alert(1)',
    }),
    finding({
      ...common,
      subject: { kind: 'file', location },
      locations: [{ ...location, file: '/etc/passwd' }],
      helpUrl: 'https://evil.example/)](x)<b>"|\n@octocat',
    }),
    finding({
      ...common,
      subject: { kind: 'cluster', node: hostileText },
      locations: [],
      helpUrl: 'https://user:secret@evil.example/',
    }),
  ];
}

/** 5,000 findings, 20 of which block; each with a long text. Not in `canned`: each report has a test of its own for it. */
export const huge: Verdict = verdict({
  outcome: 'block',
  reason: '20 findings must be fixed before this change can be merged',
  findings: Array.from({ length: 5_000 }, (_, index) => {
    const action = index < 20 ? 'block' : index < 2_000 ? 'warn' : 'allow';
    const found = finding({
      engine: index % 2 === 0 ? 'trivy' : 'cel',
      rule: `RULE-${index % 700}`,
      title: `Finding number ${index} of a very long list`,
      detail: `Why number ${index} matters. ${'It goes on and on. '.repeat(30)}`,
      severity: action === 'block' ? 'critical' : action === 'warn' ? 'high' : 'low',
      fingerprint: index.toString(16).padStart(32, '0'),
      locations: [{ file: `apps/app-${index % 400}/deployment.yaml`, line: 1 + (index % 90), column: 3, precision: 'field' }],
      resources: [`Deployment team-${index % 40}/app-${index % 400}`],
      fix: { text: `Fix number ${index}.` },
      sources: [{ engine: index % 2 === 0 ? 'trivy' : 'cel', rule: `RULE-${index % 700}`, severity: 'high' }],
    });
    return judged(found, action);
  }),
  coverage: Array.from({ length: 400 }, (_, index) => ({
    kind: 'resource',
    label: `Deployment team-${index % 40}/app-${index}`,
    source: `apps/app-${index}/deployment.yaml:1`,
    entries: both,
  })),
  totals: { files: 400, resources: 400, images: 0 },
});

export const canned: Readonly<Record<string, Verdict>> = { clean, warned, blocked, compared, incomplete, hostile };
