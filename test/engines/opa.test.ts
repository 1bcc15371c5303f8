import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { allowedBuiltins } from '../../src/engines/opa/builtins.ts';
import { opaEngine } from '../../src/engines/opa/engine.ts';
import type { Command, ProcessResult } from '../../src/ports/ports.ts';
import { nodePorts } from '../support/node-ports.ts';
import { errorsOf, judgeByPolicies, manifest, policy, refusal, statusesOf, summary } from '../support/policy-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

const recorded = (name: string) => readFileSync(path.join(import.meta.dirname, `../fixtures/opa/${name}.1.19.1.json`), 'utf8');
const capabilities = z.object({ builtins: z.array(z.object({ name: z.string() })) }).parse(JSON.parse(recorded('capabilities')));
const input = z.object({ documents: z.record(z.string(), z.unknown()), planted: z.record(z.string(), z.unknown()) });

type Reply = Partial<Pick<ProcessResult, 'exitCode' | 'stdout' | 'stderr' | 'end'>>;
type Answers = Record<string, Record<string, unknown>>;
/** What OPA would answer to the content of input.json, each rule silent. */
type Eval = (answers: Answers, secret: string) => Reply;

const honest: Eval = (answers) => evaluated(answers);
const evaluated = (answers: unknown): Reply => ({ stdout: JSON.stringify({ result: [{ expressions: [{ value: answers }] }] }) });

/** OPA with its recorded replies for one policy with the rules deny_latest and warn; `evaluate` sets the reply of `eval`. */
function fakeOpa(evaluate: Eval, replies: Readonly<Record<string, Reply>> = {}) {
  const reply = (command: Command): Reply => {
    const verb = command.args[0] ?? '';
    if (replies[verb] !== undefined) return replies[verb];
    if (verb === 'capabilities' || verb === 'parse') return { stdout: recorded(verb) };
    if (verb !== 'eval') return {};
    const asked = input.parse(JSON.parse(readFileSync(path.join(command.cwd, 'input.json'), 'utf8')));
    const secret = Object.keys(asked.planted)[0] ?? '';
    const silent = Object.keys(asked.documents).map((uid): [string, Record<string, unknown>] => [
      uid,
      { canary: [], r0: [], r1: [] },
    ]);
    return evaluate({ ...Object.fromEntries(silent), [secret]: { canary: ['planted'] } }, secret);
  };
  const run = (command: Command): Promise<ProcessResult> =>
    Promise.resolve({ exitCode: 0, signal: undefined, end: 'exited', stdout: '', stderr: '', durationMs: 1, ...reply(command) });
  return { ...nodePorts, processes: { ...nodePorts.processes, run } };
}

const judge = (evaluate: Eval, replies: Readonly<Record<string, Reply>> = {}) =>
  judgeByPolicies(opaEngine, {
    tool: { id: 'opa', path: '/nowhere/opa', version: '1.19.1' },
    policies: [policy('rego', 'package main')],
    resources: [
      manifest('{apiVersion: v1, kind: Pod, metadata: {name: web}}'),
      manifest('{apiVersion: v1, kind: Pod, metadata: {name: db}}'),
    ],
    ports: fakeOpa(evaluate, replies),
  });

describe('opa engine', () => {
  afterAll(removeTempFolders);

  it('turns complaints into findings', async () => {
    const complaint = {
      msg: 'web uses latest\nPin it.',
      path: ['spec', 'containers', 0, 'image'],
      fix: 'Pin it.',
      url: 'javascript:x',
    };
    const run = await judge((answers) => evaluated({ ...answers, web: { canary: [], r0: [complaint], r1: ['no limits'] } }));
    expect(summary(run.findings)).toEqual([
      'main.deny_latest:IMG-1 critical web spec.containers[0].image',
      'main.warn critical web',
    ]);
    expect(run.findings[0]).toMatchObject({ title: 'web uses latest', detail: 'Pin it.', fix: { text: 'Pin it.' } });
    expect(run.findings[0]).not.toHaveProperty('helpUrl');
    expect(statusesOf(run)).toEqual({ web: 'evaluated', db: 'evaluated' });
  });

  it.each<[string, Eval, string]>([
    ['nothing', () => ({ stdout: '' }), 'ENGINE_OUTPUT_INVALID'],
    ['an empty object', () => ({ stdout: '{}' }), 'ENGINE_OUTPUT_INVALID'],
    ['half an answer', (answers) => ({ stdout: evaluated(answers).stdout?.slice(0, -20) ?? '' }), 'ENGINE_OUTPUT_INVALID'],
    ['an undefined query', () => ({ stdout: '{"result": []}' }), 'ENGINE_OUTPUT_INVALID'],
    ['no planted resource', ({ web, db }) => evaluated({ web, db }), 'ENGINE_COVERAGE'],
    [
      'a planted resource that passed',
      (answers, secret) => evaluated({ ...answers, [secret]: { canary: [] } }),
      'ENGINE_COVERAGE',
    ],
    ['one resource less', ({ db: _db, ...answers }) => evaluated(answers), 'ENGINE_COVERAGE'],
    ['one rule less', (answers) => evaluated({ ...answers, web: { canary: [], r0: [] } }), 'ENGINE_COVERAGE'],
    [
      'the planted rule everywhere',
      (answers) => evaluated({ ...answers, web: { canary: ['planted'], r0: [], r1: [] } }),
      'ENGINE_COVERAGE',
    ],
    ['an unknown exit code', (answers) => ({ ...evaluated(answers), exitCode: 137 }), 'ENGINE_FAILED'],
    ['an error that no rule made', () => ({ exitCode: 2, stdout: '{"errors": [{"message": "no such file"}]}' }), 'ENGINE_FAILED'],
    ['no end', () => ({ end: 'timeout' }), 'ENGINE_TIMEOUT'],
    ['too much', () => ({ end: 'output-limit' }), 'ENGINE_FAILED'],
  ])('never takes %s for a clean result', async (_what, evaluate, code) => {
    expect((await refusal(judge(evaluate))).code).toBe(code);
  });

  it('accounts for a resource for which a rule fails', async () => {
    const run = await judge((answers) =>
      'db' in answers ? { exitCode: 2, stdout: recorded('eval-stumbled') } : honest(answers, ''),
    );
    expect(statusesOf(run)).toEqual({ web: 'evaluated', db: 'failed' });
    expect(errorsOf(run)[0]).toMatchObject({ code: 'POLICY_INVALID', details: { file: 'policies/own.rego', line: 2 } });
  });

  it('names the file of a policy that calls the network', async () => {
    const refused = recorded('check-refused').replaceAll('policies/x.rego', 'policies/0000.rego');
    const error = await refusal(judge(honest, { check: { exitCode: 1, stderr: refused } }));
    expect(error.message).toMatch(/^policies\/own\.rego:2: undefined function http\.send; .*engines\.opa\.data/);
  });

  it.each([
    ['capabilities', '{}'],
    ['parse', '{"rules": []}'],
    ['parse', ''],
  ])('refuses `opa %s` that answers %j', async (verb, stdout) => {
    expect((await refusal(judge(honest, { [verb]: { stdout } }))).code).toBe('ENGINE_OUTPUT_INVALID');
  });

  it('allows no built-in function that can reach out or differ from run to run', () => {
    const known = new Set(capabilities.builtins.map((builtin) => builtin.name));
    const left = [...known].filter((name) => !allowedBuiltins.has(name)).toSorted();
    expect(left).toEqual([
      'crypto.x509.parse_and_verify_certificates',
      'crypto.x509.parse_and_verify_certificates_with_options',
      'http.send',
      'io.jwt.decode_verify',
      'io.jwt.encode_sign',
      'io.jwt.encode_sign_raw',
      'json.match_schema',
      'json.verify_schema',
      'net.lookup_ip_addr',
      'opa.runtime',
      'providers.aws.sign_req',
      'rand.intn',
      'rego.parse_module',
      'time.now_ns',
      'trace',
      'uuid.rfc4122',
    ]);
    expect([...allowedBuiltins].filter((name) => !known.has(name))).toEqual([]);
  });

  it('applies only with Rego policies and resources', () => {
    const options = opaEngine.options.parse({});
    const set = { resources: [], images: [], units: [], policies: [], failures: [], gaps: [] };
    expect(opaEngine.notApplicable(set, options)).toBe('no Rego policies');
    expect(opaEngine.notApplicable({ ...set, policies: [policy('rego', '')] }, options)).toBe('no resources to evaluate');
  });

  it('refuses an unknown option', () => {
    expect(opaEngine.options.safeParse({ namespace: 'main' }).success).toBe(false);
    expect(opaEngine.options.safeParse({ data: { k8s_gate_run: {} } }).success).toBe(false);
  });
});
