import path from 'node:path';
import { manifestText } from '../diff/manifest-text.ts';
import { type ExportFormat, exportFormats, exportRule } from '../engines/signatures/export.ts';
import { signaturesOptionsSchema } from '../engines/signatures/options.ts';
import { ruleName } from '../engines/signatures/rules.ts';
import { parseConfig } from '../inputs/config-file.ts';
import { GateError } from '../model/gate-error.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';

const help = `export                  Print the rules of \`engines.signatures\` as policies that enforce them in a cluster.

  --format FORMAT       policy-controller (ClusterImagePolicy) or kyverno (ImageValidatingPolicy); default: policy-controller
  --config FILE         configuration; default: .k8s-gate.yaml

What a policy cannot express is a comment above it.

Exit code: 0 printed, 2 there are no rules, or one of them cannot be read.`;

export const trustCommand: Command = {
  name: 'trust',
  usage: 'k8s-gate trust export [options]',
  help,
  async run(args, context) {
    const { values, positionals } = parseFlags(trustCommand, args, {
      format: { type: 'string', default: 'policy-controller' },
      config: { type: 'string', default: '.k8s-gate.yaml' },
    });
    if (positionals.length !== 1 || positionals[0] !== 'export')
      throw new GateError('INPUT_INVALID', { message: 'trust: no action given', expected: 'k8s-gate trust export' });
    const format = exportFormats.find((one) => one === values.format);
    if (format === undefined)
      throw new GateError('INPUT_INVALID', {
        message: `trust: there is no format \`${values.format}\``,
        expected: exportFormats.join(' or '),
      });
    context.stdout(await documents(format, values.config, context));
    return 0;
  },
};

async function documents(format: ExportFormat, config: string, { cwd, ports: { files } }: CommandContext): Promise<string> {
  const file = path.resolve(cwd, config);
  const loaded = parseConfig(await files.readText(file), config);
  const part = loaded.config.engines?.signatures;
  const parsed = signaturesOptionsSchema.safeParse(typeof part === 'object' ? part : {});
  if (!parsed.success) throw loaded.issues(parsed.error, signaturesOptionsSchema, ['engines', 'signatures']);
  const { rules } = parsed.data;
  if (rules.length === 0)
    throw new GateError('NOTHING_TO_JUDGE', {
      message: `${config} has no rules in \`engines.signatures\``,
      next: 'See docs/trust.md for an example.',
    });
  const read = (name: string): Promise<string> => files.readText(path.join(path.dirname(file), name));
  const exported = await Promise.all(rules.map((rule, index) => exportRule(format, rule, index, read)));
  return exported
    .map(({ policy, missing }, index) => {
      const [rule] = rules.slice(index, index + 1);
      const title = `# The rule of k8s-gate for ${rule === undefined ? '' : ruleName(rule)}.\n`;
      const comment = missing.map((what) => `# Not expressed: ${what}\n`).join('');
      return `---\n${title}${comment}${manifestText(policy)}`;
    })
    .join('');
}
