import { randomBytes } from 'node:crypto';
import type { KubeLinterOptions } from './options.ts';

/**
 * KubeLinter silently drops what it cannot read (a file above 10 MB, an object it cannot decode) and exits with 0 if nothing is left. So two
 * checks are added to each run. `seen` requires an annotation that no object has, so it reports every object that was loaded. `planted` must
 * report a known-bad Deployment in a separate folder.
 */
export interface Canary {
  readonly seen: string;
  readonly planted: string;
  readonly config: string;
  readonly manifest: string;
  /** Built-in checks that the planted Deployment fails if they are enabled. */
  readonly builtIn: readonly string[];
}
const builtIn = ['host-network', 'latest-tag', 'privileged-container'];

export function plantCanary({ checks }: KubeLinterOptions): Canary {
  const secret = randomBytes(12).toString('hex');
  const seen = `k8s-gate-seen-${secret}`;
  const planted = `k8s-gate-planted-${secret}`;
  const config = {
    customChecks: [
      {
        name: seen,
        template: 'required-annotation',
        scope: { objectKinds: ['Any'] },
        params: { key: `k8s-gate-${secret}` },
      },
      { name: planted, template: 'privileged', scope: { objectKinds: ['DeploymentLike'] } },
    ],
    checks,
  };
  return { seen, planted, builtIn, config: `${JSON.stringify(config, undefined, 2)}\n`, manifest };
}

const manifest = `"apiVersion": "apps/v1"
"kind": "Deployment"
"metadata":
  "name": "canary"
"spec":
  "selector":
    "matchLabels":
      "app": "canary"
  "template":
    "metadata":
      "labels":
        "app": "canary"
    "spec":
      "hostNetwork": true
      "containers":
        - "name": "canary"
          "image": "canary.invalid/canary:latest"
          "securityContext":
            "privileged": true
`;
