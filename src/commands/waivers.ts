import path from 'node:path';
import { findPolicies } from '../discover/policies.ts';
import { openWorkspace } from '../discover/workspace.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { dayOf } from '../inputs/waivers/dates.ts';
import { parseLedger, waiversFileName } from '../inputs/waivers/ledger.ts';
import { agreedWaivers } from '../inputs/waivers/rules.ts';
import { loadWaivers, readLedger } from '../inputs/waivers.ts';
import { GateError } from '../model/gate-error.ts';
import { rulesBy } from '../settings/unused.ts';
import { unusedWaivers } from '../settings/waivers.ts';
import { appendToList } from '../yaml/append.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { withInputs } from './folder-inputs.ts';
import { type Entry, type Imported, printable } from './waivers/entry.ts';
import { importKubeLinter } from './waivers/import-kube-linter.ts';
import { importTrivyIgnore } from './waivers/import-trivy.ts';
import { listLedger } from './waivers/list.ts';

const options = {
  workspace: { type: 'string' },
  rule: { type: 'string' },
  target: { type: 'string' },
  reason: { type: 'string' },
  owner: { type: 'string' },
  expires: { type: 'string' },
  environment: { type: 'string', multiple: true },
  trivyignore: { type: 'string' },
  'kube-linter': { type: 'boolean', default: false },
} as const;
type Values = ReturnType<typeof parseFlags<typeof options>>['values'];

const help = `Manages ${waiversFileName}, the list of temporarily accepted findings. The gate reads it from the base of a change.

  check    validate the file and its VEX documents, and list waivers that are valid, expire soon, have expired, or have no effect (unknown
           rule or environment)
  add      append an entry:
             --rule ENGINE/RULE   as in reports; the rule may be a glob (trivy/CVE-2026-*)
             --target GLOB        a resource (Deployment shop/web), an image (nginx:1.25) or a file
             --reason TEXT        at least 10 characters
             --owner NAME         who is responsible for it
             --expires DATE       the last valid day, at most 366 days ahead
             --environment NAME   only in this environment; may be repeated
  import   append entries for ignore rules of other tools, which have no effect otherwise:
             --trivyignore FILE   .trivyignore or .trivyignore.yaml; --target narrows it (default: everything)
             --kube-linter        ignore-check.kube-linter.io/* annotations of plain YAML manifests
             --reason, --owner, --expires   for each entry without its own values

  --workspace DIR   the repository (default: the current folder)`;

export const waiversCommand: Command = {
  name: 'waivers',
  usage: 'k8s-gate waivers check|add|import [options]',
  help,
  async run(args, context) {
    const { values, positionals } = parseFlags(waiversCommand, args, options);
    const workspace = path.resolve(context.cwd, values.workspace ?? '.');
    const [verb = ''] = positionals;
    if (positionals.length !== 1 || !['check', 'add', 'import'].includes(verb)) {
      throw new GateError('INPUT_INVALID', { message: 'waivers: no action given', expected: 'check, add or import' });
    }
    if (verb === 'add') await add(values, workspace, context);
    else if (verb === 'import') await importAll(values, workspace, context);
    else {
      const today = context.ports.clock.now();
      const raw = { workspace, cores: 1, paths: [], exclude: [], engines: 'strict', outputs: [], publish: [] };
      await withInputs(raw, undefined, context, async (inputs) => {
        context.stdout(await check(inputs, today, workspace, context));
      });
    }
    return 0;
  },
};

/** With the PolicyExceptions of the folder, and what has no effect by its policies and its configuration. */
async function check(inputs: Inputs, today: Date, workspace: string, { ports, gateRoot }: CommandContext): Promise<string> {
  const { policies } = await findPolicies(inputs.config, await openWorkspace(inputs.config, ports.files));
  const { organization } = inputs.config;
  const waivers = agreedWaivers(await loadWaivers(workspace, ports, today), { policies, organization }, today);
  const inVain = await unusedWaivers({ inputs, waivers, rulesOf: rulesBy(policies, { files: ports.files, gateRoot }) });
  return listLedger(waivers, today, inVain);
}

async function add(values: Values, workspace: string, context: CommandContext): Promise<void> {
  const { environment: environments } = values;
  const entry: Entry = {
    rule: required('rule', values.rule),
    target: required('target', values.target),
    ...mandatory(values),
    ...(environments !== undefined && { environments }),
  };
  await append([entry], workspace, context);
  context.stdout(printable(`waived ${entry.rule} on ${entry.target} until ${entry.expires} in ${waiversFileName}`).concat('\n'));
}

async function importAll(values: Values, workspace: string, context: CommandContext): Promise<void> {
  if (values.trivyignore === undefined && !values['kube-linter'])
    throw new GateError('INPUT_INVALID', {
      message: 'waivers import: nothing to import',
      expected: '--trivyignore FILE, --kube-linter',
    });
  const given = { ...mandatory(values), today: context.ports.clock.now().toISOString().slice(0, 10) };
  const parts: Imported[] = [];
  if (values.trivyignore !== undefined) {
    const text = await context.ports.files.readText(path.resolve(context.cwd, values.trivyignore));
    parts.push(importTrivyIgnore(text, values.trivyignore, values.target ?? '*', given));
  }
  if (values['kube-linter']) parts.push(await importKubeLinter(workspace, context.ports, given));
  const known = await readLedger(workspace, context.ports);
  const seen = new Set(known === undefined ? [] : parseLedger(known, context.ports.clock.now()).waivers.map(keyOf));
  const fresh = parts.flatMap((part) => part.entries).filter((entry) => !seen.has(keyOf(entry)) && seen.add(keyOf(entry)));
  if (fresh.length > 0) await append(fresh, workspace, context);
  const skipped = parts.flatMap((part) => part.skipped);
  const list = skipped.map((line) => `  ${printable(line)}\n`).join('');
  context.stdout(`${fresh.length} written to ${waiversFileName}\n${skipped.length === 0 ? '' : `Not imported:\n${list}`}`);
}

function keyOf({ rule, target }: Pick<Entry, 'rule' | 'target'>): string {
  return JSON.stringify([rule, target]);
}

/** Parses the new text before writing it, so that the file always stays valid. */
async function append(entries: readonly Entry[], workspace: string, { ports }: CommandContext): Promise<void> {
  const today = ports.clock.now();
  refusePast(entries, today);
  const before =
    (await readLedger(workspace, ports)) ?? '# Accepted exceptions: see docs/waivers.md of k8s-gate\nversion: 1\nwaivers: []\n';
  parseLedger(before, today);
  const after = appendToList(
    before,
    'waivers',
    entries.map((entry) => ({ ...entry })),
  );
  parseLedger(after, today, `${waiversFileName} (new content)`);
  await ports.files.write(path.join(workspace, waiversFileName), after);
}

function mandatory(values: Values): Pick<Entry, 'reason' | 'owner' | 'expires'> {
  return {
    reason: required('reason', values.reason),
    owner: required('owner', values.owner),
    expires: required('expires', values.expires),
  };
}

/** `add` and `import` write nothing that would not waive anything. */
function refusePast(entries: readonly Entry[], today: Date): void {
  const past = entries.find(({ expires }) => /^\d{4}-\d{2}-\d{2}$/.test(expires) && expires < dayOf(today));
  if (past === undefined) return;
  throw new GateError('INPUT_INVALID', {
    message: `waivers: --expires ${past.expires} is in the past`,
    expected: `the last day on which the waiver is valid, from ${dayOf(today)}`,
  });
}

function required(name: string, value: string | undefined): string {
  if (value !== undefined && value.trim() !== '') return value;
  const next = 'See `k8s-gate waivers --help`.';
  throw new GateError('INPUT_INVALID', { message: `waivers: --${name} is missing`, expected: `--${name} with a value`, next });
}
