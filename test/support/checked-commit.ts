import path from 'node:path';
import { checkCommand } from '../../src/commands/check.ts';
import type { Command, CommandContext } from '../../src/commands/command.ts';
import { createConsoleLog } from '../../src/ports/console-log.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { commandContext } from './command-context.ts';
import { commit, repository } from './git-repository.ts';
import { emptyFolder } from './temp-folders.ts';

const node = createNodePorts({ log: createConsoleLog({ write: () => {}, debug: false }), env: process.env });
export const deployment = (privileged: boolean) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1@sha256:${'ab'.repeat(32)}
          securityContext: { privileged: ${privileged} }
`;
const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: named }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }] }
  validations: [{ expression: "object.metadata.name != ''" }]
`;

/** Runs a command in this process, without stored results. */
export async function run(
  command: Command,
  cwd: string,
  args: readonly string[],
  now = new Date(),
  more: Partial<CommandContext> = {},
) {
  const { context, printed } = commandContext(cwd, {
    env: { HOME: emptyFolder() },
    ports: { ...node, clock: { ...node.clock, now: () => now } },
    cores: 2,
    ...more,
  });
  return { code: await command.run(args, context), text: printed() };
}

/** A repository that was checked, with its attestation as it was written. */
export async function checked(privileged = false) {
  const folder = repository();
  const sha = commit(folder, { 'deploy/web.yaml': deployment(privileged), '.k8s-gate/policies/named.yaml': policy });
  const file = path.join(emptyFolder(), 'verdict.json');
  const { code } = await run(checkCommand, folder, ['--engines', 'cel', '--output', `attestation=${file}`]);
  return { folder, sha, file, code };
}
