// Damage that leaves an engine's output well-formed: what a defect of the engine, or a hand in the middle, would make of it.
const canaryName = /k8s-gate-canary/;

const opaAnswers = (change) => (document) => {
  const expression = document.result?.[0]?.expressions?.[0];
  // `capabilities` and `parse` differ and are kept.
  if (expression === undefined) return document;
  return { result: [{ expressions: [{ ...expression, value: Object.fromEntries(change(Object.entries(expression.value))) }] }] };
};

const isCanary = (name) => canaryName.test(name);
const firstOwn = (entries) => entries.findIndex(([name]) => !isCanary(name));

const withResults = (change) => (report) => ({ ...report, results: change(report.results) });
const ownResult = (result) => result.policy.includes('k8s-gate-u');

const withReports = (change) => (output) => ({ ...output, Reports: change(output.Reports) });
const fileOf = (report) => report.Object.Metadata.FilePath;

const withTrivy = (change) => (report) => ({ ...report, Results: (report.Results ?? []).flatMap(change) });

export const edits = {
  opa: {
    'drop-target': opaAnswers((entries) => entries.filter((_, index) => index !== firstOwn(entries))),
    'drop-canary': opaAnswers((entries) => entries.filter(([name]) => !isCanary(name))),
    'deaf-canary': opaAnswers((entries) => entries.map(([name, answer]) => [name, isCanary(name) ? { canary: [] } : answer])),
    'drop-rule': opaAnswers((entries) => entries.map(([name, { canary }]) => [name, { canary }])),
    'foreign-target': opaAnswers((entries) => entries.map(([name, answer]) => [isCanary(name) ? name : `x${name}`, answer])),
    'extra-target': opaAnswers((entries) => [...entries, ['obj-999999', { canary: [], r0: [] }]]),
  },
  kyverno: {
    'drop-target': withResults((results) => {
      const [gone] = results.filter(ownResult);
      return results.filter((result) => result.resources[0].name !== gone.resources[0].name);
    }),
    'drop-failures': withResults((results) => results.filter((result) => !ownResult(result) || result.result !== 'fail')),
    'all-pass': withResults((results) => results.map((result) => (ownResult(result) ? { ...result, result: 'pass' } : result))),
    'drop-canary': withResults((results) => results.filter((result) => !isCanary(result.resources[0].name))),
    'deaf-canary': withResults((results) =>
      results.map((result) => (isCanary(result.resources[0].name) ? { ...result, result: 'pass' } : result)),
    ),
    'foreign-target': withResults((results) =>
      results.map((result) =>
        ownResult(result) ? { ...result, resources: [{ ...result.resources[0], name: 'other' }] } : result,
      ),
    ),
    'foreign-policy': withResults((results) =>
      results.map((result) => (ownResult(result) ? { ...result, policy: 'k8s-gate-u9999' } : result)),
    ),
    duplicate: (report) => ({
      ...report,
      summary: Object.fromEntries(Object.entries(report.summary).map(([name, count]) => [name, 2 * count])),
      results: [...report.results, ...report.results],
    }),
    'wrong-kind': (report) => ({ ...report, kind: 'ClusterReport2' }),
  },
  gatekeeper: {
    'drop-target': (violations) =>
      violations.map((one) => ({ ...one, msg: one.msg.replace(/^planted among .*/, 'planted among 3') })),
    'drop-canary': (violations) => violations.filter(({ violatingObject }) => !isCanary(violatingObject.metadata.name)),
    'deaf-canary': (violations) =>
      violations.map((one) => ({ ...one, violatingObject: { ...one.violatingObject, metadata: { name: 'other' } } })),
    'foreign-target': (violations) => [
      ...violations,
      {
        ...violations[0],
        constraint: { ...violations[0].constraint, metadata: { name: 'k8s-gate-constraint-0000' } },
        violatingObject: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'other', uid: 'obj-999999' } },
      },
    ],
    'foreign-policy': (violations) => [
      ...violations,
      { ...violations[0], constraint: { ...violations[0].constraint, metadata: { name: 'k8s-gate-constraint-9999' } } },
    ],
    duplicate: (violations) => [...violations, ...violations],
  },
  'kube-linter': {
    'drop-target': withReports((reports) => reports.filter((report) => !/resources/.test(fileOf(report)))),
    'drop-canary': withReports((reports) => reports.filter((report) => /resources/.test(fileOf(report)))),
    'no-reports': (output) => ({ ...output, Reports: null, Summary: { ...output.Summary, ChecksStatus: 'Passed' } }),
    'foreign-target': withReports((reports) =>
      reports.map((report) => ({ ...report, Object: { ...report.Object, Metadata: { FilePath: '/etc/passwd' } } })),
    ),
    duplicate: withReports((reports) => [...reports, ...reports]),
    'says-passed': (output) => ({ ...output, Summary: { ...output.Summary, ChecksStatus: 'Passed' } }),
  },
  trivy: {
    'drop-target': withTrivy((result) => (/^obj-/.test(result.Target) ? [] : [result])),
    'drop-failures': withTrivy((result) => (/^obj-/.test(result.Target) ? [{ ...result, Misconfigurations: [] }] : [result])),
    'drop-canary': withTrivy((result) => (isCanary(result.Target) ? [] : [result])),
    'foreign-target': withTrivy((result) => [{ ...result, Target: isCanary(result.Target) ? result.Target : 'other.yaml' }]),
    duplicate: withTrivy((result) => [result, result]),
    schema: (report) => ({ ...report, SchemaVersion: 3 }),
    bare: ({ SchemaVersion, ArtifactName, ArtifactType }) => ({ SchemaVersion, ArtifactName, ArtifactType }),
    'other-image': (report) => ({ ...report, ArtifactName: 'registry.example.com/shop/other:1' }),
    'no-vulnerabilities': withTrivy((result) => [{ ...result, Vulnerabilities: [] }]),
  },
};
