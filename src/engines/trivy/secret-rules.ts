import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../../model/json.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { digest } from '../reuse.ts';
import { canarySecretRule } from './canary.ts';
import type { TrivyContext } from './process.ts';

export interface SecretRules {
  readonly file: string;
  /** Hash of its content. */
  readonly content: string;
}

/** Writes Trivy's secret configuration: the user's, if any, plus the canary's rule. Throws CONFIG_INVALID. */
export async function writeSecretRules(context: TrivyContext): Promise<SecretRules> {
  const rules = stringifyJson(withCanary(await userRules(context)), 2);
  const file = path.join(context.workdir, 'config', 'secret-rules.json'); // JSON is YAML
  await context.ports.files.write(file, rules);
  return { file, content: digest(rules) };
}

export function withCanary(user: JsonObject): JsonObject {
  const rules: JsonValue = user.rules ?? [];
  if (!isArray(rules)) throw new GateError('CONFIG_INVALID', { message: '`rules` of the secret rules is not a list' });
  return { ...user, rules: [...rules, canarySecretRule] };
}

async function userRules(context: TrivyContext): Promise<JsonObject> {
  const file = context.options.secretConfig;
  if (file === undefined) return {};
  const absolute = path.resolve(context.trusted, file);
  const outside = path.relative(context.trusted, absolute).split(path.sep)[0] === '..';
  const stat = outside ? undefined : await context.ports.files.stat(absolute);
  if (stat?.kind !== 'file') {
    throw new GateError('CONFIG_INVALID', {
      file,
      line: 1,
      message: 'engines.trivy.secretConfig is not a file of the repository',
      next: 'Correct the path; symbolic links and files outside the repository are not read.',
    });
  }
  const [document] = parseYaml({ file, text: await context.ports.files.readText(absolute), errorCode: 'CONFIG_INVALID' });
  if (document === undefined) return {};
  if (isObject(document.value)) return document.value;
  throw new GateError('CONFIG_INVALID', {
    file,
    line: document.line,
    message: 'the secret rules are not a map',
    expected: 'a map with `rules:` or other keys of Trivy’s secret configuration',
  });
}
