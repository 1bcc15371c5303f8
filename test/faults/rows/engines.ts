import { judgeBoth } from '../in-process.ts';
import { type Damage, launcher, type Scenario } from '../launcher.ts';
import { gatekeeperPolicies } from '../repository.ts';
import type { Row } from '../row.ts';

type Id = Scenario['id'];
interface Case {
  readonly fault: string;
  readonly damage: Damage;
  readonly expects?: Row['expects'];
  readonly engines?: readonly Id[];
  readonly timeout?: string;
}
const all: readonly Id[] = ['opa', 'kyverno', 'gatekeeper', 'kube-linter', 'trivy'];

/** Which call of the engine is hit: the one that judges. */
const judges: Readonly<Record<Id, string>> = {
  opa: '^eval ',
  kyverno: ' -p ',
  gatekeeper: '^test ',
  'kube-linter': '^lint ',
  trivy: '^filesystem ',
};

/** Faults of any process. */
const processes: readonly Case[] = [
  { fault: 'does its work (so that the table is not all noise)', damage: { how: 'none' }, expects: 'true' },
  { fault: 'is killed before it prints anything', damage: { how: 'kill' } },
  { fault: 'crashes half-way through its output', damage: { how: 'kill-midway' } },
  { fault: 'hangs', damage: { how: 'hang' }, timeout: '2s', engines: ['opa', 'kyverno', 'gatekeeper'] },
  { fault: 'hangs and ignores SIGTERM', damage: { how: 'hang', deaf: true }, timeout: '2s', engines: ['kube-linter', 'trivy'] },
  { fault: 'is slow', damage: { how: 'slow', ms: 700 }, expects: 'true', engines: ['opa', 'trivy'] },
  { fault: 'exits 0 and prints nothing', damage: { how: 'nothing' } },
  { fault: 'exits 1 and prints nothing', damage: { how: 'failing-silently', code: 1 } },
  { fault: 'ends with exit code 137 after whole output', damage: { how: 'exit', code: 137 } },
  { fault: 'prints more than its bound', damage: { how: 'flood', megabytes: 70 }, engines: ['opa', 'trivy'] },
  {
    fault: 'leaves a process behind that holds its pipes',
    damage: { how: 'grandchild' },
    expects: 'true or error',
    engines: ['opa', 'trivy'],
  },
  {
    fault: 'leaves a process behind that left its group',
    damage: { how: 'grandchild', detached: true },
    expects: 'true or error',
    engines: ['kyverno', 'kube-linter'],
  },
  { fault: 'writes files into its working folder', damage: { how: 'litter' }, expects: 'true or error' },
  {
    fault: 'prints workflow commands on stderr',
    damage: { how: 'stderr', text: '::set-output name=verdict::pass\n##[set-env name=A]b\n' },
    expects: 'true',
  },
];

/** Faults of any output. */
const outputs: readonly Case[] = [
  { fault: 'empty output', damage: { how: 'empty' } },
  { fault: 'output cut off near its start', damage: { how: 'truncate', at: 0.02 } },
  { fault: 'output cut off in the middle', damage: { how: 'truncate', at: 0.5 } },
  { fault: 'output cut off near its end', damage: { how: 'truncate', at: 0.99 } },
  { fault: 'HTML instead of JSON', damage: { how: 'html' } },
  { fault: 'JSON of another shape', damage: { how: 'wrong-shape' } },
  { fault: '`null`', damage: { how: 'null' } },
  { fault: 'more after the end of the JSON', damage: { how: 'trailing' } },
  { fault: 'its output on stderr', damage: { how: 'stderr-only' }, engines: ['opa', 'kyverno', 'gatekeeper', 'kube-linter'] },
  {
    fault: 'workflow commands in its output',
    damage: { how: 'commands' },
    expects: 'true or error',
  },
];

const edit = (name: string): Damage => ({ how: 'edit', edit: name });
/** Well-formed output that is not the truth. */
const lies: readonly Case[] = [
  { fault: 'leaves out a resource', damage: edit('drop-target') },
  { fault: 'leaves out what was planted', damage: edit('drop-canary') },
  { fault: 'does not refuse what was planted', damage: edit('deaf-canary'), engines: ['opa', 'kyverno', 'gatekeeper'] },
  { fault: 'leaves out a rule', damage: edit('drop-rule'), engines: ['opa'] },
  { fault: 'reports on something it was not given', damage: edit('foreign-target') },
  { fault: 'reports on one thing more', damage: edit('extra-target'), engines: ['opa'] },
  { fault: 'reports by a policy it was not given', damage: edit('foreign-policy'), engines: ['kyverno', 'gatekeeper'] },
  {
    fault: 'prints everything twice',
    damage: edit('duplicate'),
    engines: ['kyverno', 'gatekeeper', 'kube-linter', 'trivy'],
    expects: 'true or error',
  },
  { fault: 'writes another kind of report', damage: edit('wrong-kind'), engines: ['kyverno'] },
  { fault: 'writes another schema version', damage: edit('schema'), engines: ['trivy'] },
  { fault: 'reports nothing, and that all passed', damage: edit('no-reports'), engines: ['kube-linter'] },
  { fault: 'reports a pass next to violations', damage: edit('says-passed'), engines: ['kube-linter'] },
  { fault: 'exits 0 with violations', damage: { how: 'exit', code: 0 }, engines: ['kyverno', 'gatekeeper', 'kube-linter'] },
];

/** A complaint that is left out shows only if the engine counts its results; in the clean repository there is none to leave out. */
const lostComplaints: readonly Case[] = [
  {
    fault: 'leaves out the complaints it counts',
    damage: edit('drop-failures'),
    engines: ['kyverno', 'trivy'],
    expects: 'true or error',
  },
  { fault: 'counts violations and reports pass', damage: edit('all-pass'), engines: ['kyverno'], expects: 'true or error' },
];

function rowOf(id: Id, area: string, one: Case): Row {
  return {
    id: `${id}: ${one.fault}`,
    area,
    fault: `${id} ${one.fault}`.replace(/^(\S+) (?=[^a-z]|empty|output|more|workflow|its|JSON)/, '$1: '),
    expects: one.expects ?? 'error',
    async run() {
      const executable = await launcher({ id, damage: one.damage, when: judges[id] });
      return judgeBoth({
        engines: id,
        tools: [`${id}=${executable}`],
        timeout: one.timeout ?? '60s',
        ...(id === 'trivy' && { files: { '.k8s-gate.yaml': onlyManifests } }),
        ...(id === 'gatekeeper' && { files: gatekeeperPolicies }),
      });
    },
  };
}

const onlyManifests = 'version: 1\nengines: { trivy: { scanners: [misconfig] } }\n';

const areas: Readonly<Record<string, readonly Case[]>> = {
  'process of an engine': processes,
  'output of an engine': outputs,
  'an engine with false output': [...lies, ...lostComplaints],
};

export const engineRows: readonly Row[] = Object.entries(areas).flatMap(([area, cases]) =>
  cases.flatMap((one) => (one.engines ?? all).map((id) => rowOf(id, area, one))),
);
