import { GateError } from '../../model/gate-error.ts';
import type { RawInputs } from '../raw-inputs.ts';
import type { Extended } from './load.ts';

type Asked = Pick<RawInputs, 'onlyNew' | 'expectManifests' | 'exclude'>;

/**
 * Inputs and flags that would loosen what the organization marks as final: a workflow is as easy to change as the configuration. Throws GateError
 * INPUT_INVALID.
 * @param only Engines that are asked for; absent: all.
 */
export function refuseAsked({ shared }: Extended, asked: Asked, only: readonly string[] | undefined): void {
  const { final = [], engines = {}, onlyNew, expectManifests } = shared?.config ?? {};
  const refuse = (name: string, message: string): GateError => {
    const index = final.findIndex((one) => one === name || one.startsWith(`${name}.`) || name.startsWith(`${one}.`));
    return new GateError('INPUT_INVALID', {
      message: `${message}, and \`${final[index]}\` is final for the organization (${shared?.file}:${shared?.own(['final', index])})`,
      expected: `the organization’s own \`${name}\``,
      next: 'Remove it from the workflow or from the command line.',
    });
  };
  if (asked.onlyNew === true && onlyNew !== true && final.includes('onlyNew'))
    throw refuse('onlyNew', 'only-new: existing findings would not block');
  if (asked.expectManifests === false && expectManifests !== false && final.includes('expectManifests'))
    throw refuse('expectManifests', 'expect-manifests: finding no manifest would not be an error');
  if (asked.exclude !== undefined && asked.exclude.length > 0 && final.includes('exclude'))
    throw refuse('exclude', `exclude: \`${asked.exclude[0]}\` is not excluded by the organization`);
  const needed = Object.entries(engines)
    .filter(([id, part]) => part !== false && final.some((one) => one === 'engines' || `${one}.`.startsWith(`engines.${id}.`)))
    .find(([id]) => only?.includes(id) === false);
  if (needed !== undefined) throw refuse(`engines.${needed[0]}`, `engines: ${needed[0]} is left out`);
}
