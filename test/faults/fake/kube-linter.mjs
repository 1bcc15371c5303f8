import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isPrivileged, objectsIn } from './manifests.mjs';

export function kubeLinter(args) {
  const at = args.indexOf('--config');
  const [seen, planted] = JSON.parse(readFileSync(args[at + 1], 'utf8')).customChecks.map(({ name }) => name);
  const builtIn = ['host-network', 'latest-tag', 'privileged-container'];
  const reports = args.slice(at + 2).flatMap((folder) =>
    objectsIn(folder).flatMap(({ name, object }) => {
      const bad = isPrivileged(object);
      const checks = [seen, ...(bad ? [planted, ...(name === 'canary.yaml' ? builtIn : ['privileged-container'])] : [])];
      return checks.map((check) => report(check, path.join(folder, name)));
    }),
  );
  const checks = [seen, planted, ...builtIn].map((name) => ({ name, description: `${name} of the fake` }));
  const output = { Checks: checks, Reports: reports, Summary: { ChecksStatus: 'Failed', KubeLinterVersion: '0.8.3' } };
  return { code: 1, stdout: JSON.stringify(output) };
}

function report(check, file) {
  return {
    Check: check,
    Diagnostic: { Message: `container "web" is what ${check} is about` },
    Remediation: 'Fix it.',
    Object: { Metadata: { FilePath: file } },
  };
}
