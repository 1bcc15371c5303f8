import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { fieldOf } from '../../src/engines/kube-linter/fields.ts';
import { collectFindings } from '../../src/findings/collect.ts';
import { parseCorrelation } from '../../src/inputs/correlation.ts';
import type { EngineFinding } from '../../src/model/finding.ts';
import { isObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';
import { severities } from '../../src/model/severity.ts';
import { completed, manifestSet, resource } from '../support/model.ts';

/**
 * What the engines reported about examples/shop/deploy/image-cache.yaml, recorded on 2026-11-25: the CEL pack, Trivy 0.74.0, Kyverno 1.19.1 with the
 * pod-security and best-practices policies of kyverno/policies@b9c4317. KubeLinter's part is written after its 0.8.3 message templates.
 */
const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const recordedSchema = z.array(
  z.object({
    engine: z.string(),
    rule: z.string(),
    category: z.enum(['misconfiguration', 'policy', 'best-practice']),
    severity: z.enum(severities),
    title: z.string(),
    path: z.array(z.union([z.string(), z.number()])),
    fix: z
      .object({
        text: z.string(),
        patch: z
          .array(z.object({ op: z.enum(['add', 'remove', 'replace']), path: z.string(), value: z.unknown().exactOptional() }))
          .exactOptional(),
      })
      .exactOptional(),
  }),
);
const recorded = recordedSchema
  .parse(JSON.parse(read('test/fixtures/findings/image-cache.json')))
  .map(({ path: steps, ...rest }): EngineFinding => ({ ...rest, subject: { kind: 'resource', resource: 'obj-1', path: steps } }));

const parsed: JsonValue = parse(read('examples/shop/deploy/image-cache.yaml'));
const object: JsonObject = isObject(parsed) ? parsed : {};
const linted = [
  ['privileged-container', 'container "cache" is privileged'],
  ['privilege-escalation-container', 'container "cache" is Privileged hence allows privilege escalation.'],
  ['host-network', "resource shares host's network namespace (via hostNetwork=true)."],
  ['run-as-non-root', 'container "cache" is not set to runAsNonRoot'],
  ['no-read-only-root-fs', 'container "cache" does not have a read-only root file system'],
  ['latest-tag', 'The container "cache" is using an invalid container image, "cache-helper:latest".'],
  ['sensitive-host-mounts', 'host system directory "/" is mounted on container "cache"'],
  ['writable-host-mount', 'container cache mounts path / on the host as writable'],
  ['unset-cpu-requirements', 'container "cache" has cpu request 0'],
  ['unset-memory-requirements', 'container "cache" has memory limit 0'],
].map(
  ([rule = '', title = '']): EngineFinding => ({
    engine: 'kube-linter',
    rule,
    category: 'best-practice',
    severity: 'medium',
    title,
    subject: { kind: 'resource', resource: 'obj-1', path: fieldOf(object, rule, title) },
  }),
);

const set = manifestSet({ resources: [resource({ uid: 'obj-1', kind: 'DaemonSet', name: 'image-cache', object })] });
const { causes } = parseCorrelation(read('policies/correlation.yaml'));
const all = [...recorded, ...linted];
const found = collectFindings([completed({ findings: all })], set, causes);
const sourcesOf = (cause: string) =>
  found
    .filter((finding) => finding.cause === cause)
    .map(({ sources }) => sources.map(({ engine, rule }) => `${engine}/${rule}`).toSorted());

describe('four engines on one DaemonSet', () => {
  it('keep every source', () => {
    const names = (findings: readonly { readonly engine: string; readonly rule: string }[]) =>
      [...new Set(findings.map(({ engine, rule }) => `${engine}/${rule}`))].toSorted();
    expect(names(found.flatMap(({ sources }) => sources))).toEqual(names(all));
  });

  it('are far fewer findings than the engines report', () => {
    expect({ reported: all.length, found: found.length }).toMatchInlineSnapshot(`
      {
        "found": 24,
        "reported": 64,
      }
    `);
  });

  it('agree on causes', () => {
    const agreed = found.filter(({ sources }) => new Set(sources.map(({ engine }) => engine)).size > 1);
    const table = agreed.map(({ cause, severity, sources }) => {
      const engines = [...new Set(sources.map(({ engine }) => engine))].toSorted();
      return `${cause}: ${severity} by ${engines.join(', ')}`;
    });
    expect(table.toSorted()).toMatchInlineSnapshot(`
      [
        "capabilities-kept: medium by cel, kyverno, trivy",
        "cpu-limit: high by cel, trivy",
        "cpu-request: medium by cel, kube-linter, trivy",
        "host-network: critical by cel, kube-linter, kyverno, trivy",
        "host-path: critical by cel, kube-linter, kyverno, trivy",
        "host-writes: high by cel, kube-linter",
        "latest-tag: high by cel, kube-linter, kyverno, trivy",
        "memory-limit: high by cel, kube-linter, trivy",
        "memory-request: medium by cel, trivy",
        "privilege-escalation: medium by cel, kyverno, trivy",
        "privileged: critical by cel, kube-linter, kyverno, trivy",
        "read-only-root: high by kube-linter, kyverno, trivy",
        "run-as-non-root: medium by cel, kube-linter, kyverno, trivy",
        "seccomp: medium by cel, kyverno, trivy",
      ]
    `);
  });

  it('have one finding of the privileged container, with the patch', () => {
    expect(sourcesOf('privileged')).toEqual([
      [
        'cel/daemonset-privileges',
        'cel/privileged',
        'kube-linter/privilege-escalation-container',
        'kube-linter/privileged-container',
        'kyverno/disallow-privileged-containers/privileged-containers',
        'trivy/KSV-0017',
      ],
    ]);
    const [privileged] = found.filter((finding) => finding.cause === 'privileged');
    expect(privileged?.fix?.patch?.[0]?.path).toBe('/spec/template/spec/containers/0/securityContext/privileged');
  });
});
