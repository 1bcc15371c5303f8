import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Report } from '../../src/reports/json/schema.ts';
import { repository, runGate } from '../support/gate-process.ts';
import { goodDeployment } from '../support/manifests.ts';
import { pushImage } from '../support/oci-image.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { root } from '../support/root.ts';
import { vulnerableAlpine } from '../support/sample-images.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { goVersion, pushTrivyDb } from '../support/trivy-db.ts';

const wanted = ['trivy', 'kyverno', 'opa', 'registry'];
const tools = await Promise.all(wanted.map(installedTool));
const missing = [...wanted.filter((_, index) => tools[index] === undefined), ...(goVersion() === undefined ? ['go'] : [])];
const skipped = missing.length > 0;

const balancer = `---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { type: LoadBalancer, selector: { app.kubernetes.io/name: web }, ports: [{ port: 80 }] }
`;

describe.skipIf(skipped)(`all engines in one run${skipped ? ` (skipped: no ${missing.join(', ')})` : ''}`, () => {
  let registry: TestRegistry;
  let report: Report;
  let code: number | null;

  beforeAll(async () => {
    registry = await startRegistry(tools[wanted.indexOf('registry')]?.path ?? '');
    const database = await pushTrivyDb({ host: registry.host, repository: 'trivy-db' });
    const image = await pushImage(vulnerableAlpine, registry.host, 'shop/web', '2.4.1');
    const folder = await repository({
      'web.yaml': goodDeployment
        .replace('registry.example.com/shop/web:2.4.1', image)
        .replace('limits: { cpu: 500m, memory: 256Mi }', '')
        .concat(balancer),
      '.k8s-gate.yaml': `version: 1\nengines:\n  trivy:\n    db: { repository: "${database}" }\n`,
    });
    for (const policy of ['kyverno/require-limits.yaml', 'rego/require_limits.rego']) {
      cpSync(path.join(root, 'examples/policies', policy), path.join(folder, '.k8s-gate/policies', path.basename(policy)));
    }
    const run = await runGate(['check', '--engines', 'cel,trivy,kyverno,opa', '--output', 'json=report.json'], folder);
    code = run.code;
    report = Report.parse(JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')));
  });
  afterAll(() => {
    registry?.stop();
    removeTempFolders();
  });

  it('has each engine judge and none fail', () => {
    const states = report.engines.map((engine) => [engine.engine, engine.status]);
    expect(report.errors).toEqual([]);
    expect(states.filter(([, status]) => status === 'completed').map(([id]) => id)).toEqual(['cel', 'trivy', 'kyverno', 'opa']);
    expect(code).not.toBe(2);
  });

  it('finds what each is there for, at the file', () => {
    const said = (engine: string) => report.findings.filter((found) => found.sources.some((source) => source.engine === engine));
    expect(said('trivy').map((found) => found.rule)).toContain('CVE-2025-9230');
    for (const engine of ['cel', 'kyverno', 'opa'])
      expect(said(engine).some((found) => /limit/.test(found.rule + found.title))).toBe(true);
    for (const found of report.findings) expect(found.locations[0]?.file).toBe('web.yaml');
  });

  it('makes one finding of what CEL and Trivy report about one field', () => {
    const found = report.findings.filter(({ cause }) => cause === 'cpu-limit' || cause === 'memory-limit');
    expect(found.map(({ sources }) => sources.map((source) => `${source.engine}/${source.rule}`).toSorted())).toEqual([
      // The pack reports in one finding that both are missing, at the one that matters more.
      ['cel/require-limits', 'trivy/KSV-0018'],
      ['trivy/KSV-0011'],
    ]);
  });

  it('describes how the vulnerability can be reached', () => {
    const found = report.findings.find(({ rule }) => rule === 'CVE-2025-9230');
    expect(found?.context).toEqual(['reachable through Service shop/web of type LoadBalancer']);
  });

  it('leaves no gap in the coverage', () => {
    const seen = report.coverage
      .filter((row) => row.kind !== 'file')
      .map((row) => row.entries.some((entry) => entry.status === 'evaluated'));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).not.toContain(false);
  });
});
