// Builds the real cosign, which test/engines/signatures.live.test.ts compares the engine with, into the user's cache. It takes up to half an hour:
//   nice -n 10 node test/oracle/build-cosign.mjs
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const version = '3.1.2';
const module = 'github.com/sigstore/cosign/v3';
const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
const folder = path.join(cache, 'k8s-gate', 'test', `cosign-${version}`);
const work = mkdtempSync(path.join(cache, 'k8s-gate-cosign-'));
const go = (...args) =>
  execFileSync('go', args, {
    cwd: work,
    stdio: 'inherit',
    env: { ...process.env, GOFLAGS: '-p=1', GOWORK: 'off', CGO_ENABLED: '0' },
  });

// The module proxy and the checksum database verify what is built.
go('mod', 'init', 'k8s-gate.invalid/test/cosign');
go('get', '-tool', `${module}/cmd/cosign@v${version}`);
go('build', '-trimpath', '-o', 'cosign', `${module}/cmd/cosign`);
mkdirSync(folder, { recursive: true });
renameSync(path.join(work, 'cosign'), path.join(folder, 'cosign'));
