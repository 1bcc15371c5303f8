import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isPrivileged, objectsIn } from './manifests.mjs';

export function trivy(args) {
  const after = (flag) => args[args.indexOf(flag) + 1];
  if (args.includes('--download-db-only')) return download(path.join(after('--cache-dir'), 'db'));
  const report = after('--output');
  const target = args.at(-1);
  const content = { sbom, filesystem, image }[args[0]](target);
  return { stdout: '', files: { [report]: JSON.stringify({ SchemaVersion: 2, ArtifactName: target, ...content }) } };
}

function download(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'trivy.db'), 'a database');
  const metadata = { Version: 2, UpdatedAt: new Date().toISOString(), NextUpdate: new Date().toISOString() };
  writeFileSync(path.join(folder, 'metadata.json'), JSON.stringify(metadata));
  return {};
}

function vulnerability(id, pkg) {
  return { VulnerabilityID: id, PkgName: pkg, InstalledVersion: '1.0.0', Severity: 'CRITICAL', Title: 'Remote code execution' };
}

function sbom(file) {
  if (!path.basename(file).startsWith('canary')) return attested(JSON.parse(readFileSync(file, 'utf8')));
  const Vulnerabilities = [vulnerability('CVE-2021-44228', 'org.apache.logging.log4j:log4j-core')];
  return { ArtifactType: 'cyclonedx', Results: [{ Target: 'Java', Class: 'lang-pkgs', Type: 'jar', Vulnerabilities }] };
}

/** An SBOM of an image: Node packages, of which one may be called vulnerable. */
function attested({ components }) {
  const Packages = components.map(({ name, purl }) => ({ Name: name, Identifier: { PURL: purl } }));
  const vulnerable = components.some(({ name }) => name === 'vulnerable');
  const Vulnerabilities = vulnerable ? [vulnerability('CVE-2021-44906', 'vulnerable')] : [];
  return {
    ArtifactType: 'cyclonedx',
    Results: [{ Target: 'Node.js', Class: 'lang-pkgs', Type: 'node-pkg', Packages, Vulnerabilities }],
  };
}

function image(reference) {
  const vulnerable = reference.includes('vulnerable');
  const result = {
    Target: `${reference} (alpine 3.22.1)`,
    Class: 'os-pkgs',
    Type: 'alpine',
    Packages: [{ Name: 'libcrypto3' }],
    ...(vulnerable && { Vulnerabilities: [vulnerability('CVE-2025-9230', 'libcrypto3')] }),
  };
  const Metadata = { OS: { Family: 'alpine', Name: '3.22.1' }, ImageID: `sha256:${'0'.repeat(64)}` };
  return { ArtifactType: 'container_image', Metadata, Results: [result] };
}

function filesystem(folder) {
  const results = objectsIn(folder).flatMap(({ name, object }) => {
    const ids = isPrivileged(object) ? ['KSV-0010', 'KSV-0017'] : [];
    const Misconfigurations = ids.map((ID) => ({ ID, Title: `${ID} of the fake`, Severity: 'CRITICAL', Status: 'FAIL' }));
    const MisconfSummary = { Successes: 100 - ids.length, Failures: ids.length };
    const Secrets = [{ RuleID: 'k8s-gate-canary', Title: 'canary', Severity: 'LOW', StartLine: 1, EndLine: 1 }];
    return [
      { Target: name, Class: 'config', Type: 'kubernetes', MisconfSummary, Misconfigurations },
      ...(name === 'k8s-gate-canary.yaml' ? [{ Target: name, Class: 'secret', Secrets }] : []),
    ];
  });
  return { ArtifactType: 'filesystem', Results: results };
}
