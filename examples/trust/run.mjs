// `node examples/trust/run.mjs`: checks the repository next to this file as the check of a pull request would, with a registry and a Sigstore on
// this machine. The change is meant to be blocked, so a block is its success.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startExampleRegistry } from './registry.mjs';

const here = import.meta.dirname;
const [cli = path.join(here, '..', '..', 'dist', 'cli', 'index.js'), ...more] = process.argv.slice(2);
const { host, key, trustedRoot, wasPulled, stop } = await startExampleRegistry();
const folder = mkdtempSync(path.join(tmpdir(), 'k8s-gate-trust-'));
try {
  cpSync(path.join(here, 'repository'), folder, { recursive: true });
  for (const file of ['.k8s-gate.yaml', 'deploy/shop.yaml']) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    writeFileSync(path.join(folder, file), text.replaceAll('127.0.0.1:5000', host));
  }
  mkdirSync(path.join(folder, 'keys'));
  writeFileSync(path.join(folder, 'keys', 'release.pub'), key);
  writeFileSync(path.join(folder, 'keys', 'sigstore.json'), trustedRoot);
  const engines = more.includes('--engines') ? [] : ['--engines', 'schema,signatures'];
  const child = spawn(process.execPath, [cli, 'check', '--workspace', folder, ...engines, '--no-cache', ...more], {
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code === 1) {
    console.log(
      '\nBlocked, as it should be: only shop/web, team/search and built/report are signed and built as the rules require.',
    );
    if (more.some((one) => one.includes('trivy')))
      console.log(
        `built/report was ${wasPulled('built/report') ? 'pulled, although its SBOM is attested' : 'not pulled: its attested SBOM was scanned'}.`,
      );
  } else console.error(`\nThe example was to be blocked (exit code 1), and ended with exit code ${code}.`);
  process.exitCode = code === 1 ? 0 : 1;
} finally {
  stop();
  rmSync(folder, { recursive: true, force: true });
}
