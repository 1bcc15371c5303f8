import * as z from 'zod';
import type { EngineSettings } from '../engine.ts';
import { readSeverities, severitySchema } from '../severity-map.ts';
import type { KubeLinterOptions } from './options.ts';

/** All checks are built in, each with a severity in policies/severity.yaml: users cannot define their own. */
export const kubeLinterSettings: EngineSettings<KubeLinterOptions> = {
  async rules(_policies, { files, gateRoot }) {
    return Object.keys(await readSeverities(files, gateRoot, 'kube-linter', z.record(z.string(), severitySchema)));
  },
  named: ({ checks, severity }) => [
    ...checks.include.map((rule, index) => ({ rule, path: ['checks', 'include', index] })),
    ...checks.exclude.map((rule, index) => ({ rule, path: ['checks', 'exclude', index] })),
    ...Object.keys(severity).map((rule) => ({ rule, path: ['severity', rule] })),
  ],
};
