import { engines } from '../../engines/registry.ts';
import type { BaselineEntry } from '../../model/baseline.ts';
import type { Ports } from '../../ports/ports.ts';
import { readTrusted } from '../trusted-file.ts';
import { isDay } from '../waivers/dates.ts';
import { openLocated } from '../waivers/located.ts';
import { baselineSchema } from './schema.ts';

export const baselineFileName = '.k8s-gate/baseline.yaml';

/**
 * Reads `.k8s-gate/baseline.yaml` below a trusted folder, as waivers are read. Undefined without the file. An invalid one is CONFIG_INVALID,
 * because a part of it is not what was reviewed.
 */
export async function loadBaseline(root: string, ports: Pick<Ports, 'files'>): Promise<readonly BaselineEntry[] | undefined> {
  const text = await readTrusted(root, baselineFileName, ports);
  return text === undefined ? undefined : parseBaseline(text);
}

/** Throws GateError CONFIG_INVALID. */
export function parseBaseline(text: string, file: string = baselineFileName): readonly BaselineEntry[] {
  const located = openLocated(text, file, 'Write it with `k8s-gate baseline`; docs/baseline.md describes the format.').as(
    baselineSchema(),
  );
  const known = engines.map(({ id }) => id);
  return located.value.findings.map(({ rule, expires, file: place, ...rest }, index) => {
    const refuse = (key: string, message: string, expected: string) =>
      located.at(['findings', index, key], `\`findings.${index}.${key}\`: ${message}`, expected);
    const engine = rule.slice(0, rule.indexOf('/'));
    if (engine === 'gate')
      throw refuse('rule', 'findings of the gate itself cannot be accepted', 'a finding of an engine; remove the entry');
    if (!known.includes(engine)) throw refuse('rule', `there is no engine \`${engine}\``, known.join(', '));
    if (!isDay(rest.added)) throw refuse('added', `${rest.added} is not a valid date`, 'a day such as 2027-01-31');
    if (expires !== undefined && !isDay(expires))
      throw refuse('expires', `${expires} is not a valid date`, 'a day such as 2027-01-31');
    const { resources = [], environments = [], ...others } = rest;
    return {
      ...others,
      rule,
      resources,
      environments,
      ...(place !== undefined && { file: place }),
      ...(expires !== undefined && { expires }),
      line: located.line(['findings', index]),
    };
  });
}
