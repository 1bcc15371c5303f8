import { select } from '../discover/selection.ts';
import type { Environment } from '../model/config.ts';
import { nearest } from '../model/nearest.ts';
import type { Surroundings, Unused } from './unused.ts';

/** Environments without resources, and criteria of environments that match nothing: the intended resources get the default policy. */
export async function unusedEnvironments(surroundings: Surroundings, isWhole: boolean): Promise<readonly Unused[]> {
  const { config } = surroundings.inputs;
  const found: Unused[] = [];
  for (const environment of config.environments) {
    const globs = await vainGlobs(environment, surroundings);
    if (isWhole && !isUsed(environment, surroundings)) found.push(await whole(environment, globs, surroundings));
    else found.push(...globs.map((glob) => ofGlob(environment, glob, surroundings)));
    if (isWhole && isUsed(environment, surroundings)) found.push(...ofNamespaces(environment, surroundings));
  }
  return found;
}

function isUsed({ name }: Environment, { set }: Surroundings): boolean {
  return set.resources.some(({ environments }) => environments.includes(name));
}

function lineOf({ inputs: { loaded } }: Surroundings, ...path: readonly (string | number)[]): Pick<Unused, 'file' | 'line'> {
  return loaded.place(path);
}

async function whole(environment: Environment, globs: readonly string[], surroundings: Surroundings): Promise<Unused> {
  const { name } = environment;
  const at = { ...lineOf(surroundings, 'environments', name), setting: `environments.${name}` };
  if (await isRemoved(environment, surroundings))
    return {
      ...at,
      title: `the environment ${name} no longer matches any resource: this change removes its files`,
      effect: 'leftover',
      next: `Remove ${name} from the configuration once its files are gone.`,
    };
  const why = globs.length === 0 ? '' : `; no file matches ${globs.map((glob) => `\`${glob}\``).join(', ')}`;
  return {
    ...at,
    title: `the environment ${name} matches no resource${why}`,
    effect: 'weaker',
    next: `Correct the paths, namespaces or labels of ${name}, or remove it. Paths are those of source files, charts and kustomizations, from the root of the repository.`,
  };
}

/** It had files on the base, so the configuration is correct. */
async function isRemoved({ match }: Environment, { names }: Surroundings): Promise<boolean> {
  if (match.paths.length === 0) return false;
  const { removed } = await names();
  return removed.some(select(match.paths));
}

async function vainGlobs({ match }: Environment, { set, names }: Surroundings): Promise<readonly string[]> {
  const units = [...set.units.map(({ path }) => path), ...set.resources.map(({ source }) => source.unit)];
  const doubtful = match.paths.filter((glob) => !units.some(select([glob])));
  if (doubtful.length === 0) return [];
  const { all } = await names();
  return doubtful.filter((glob) => !all.some(select([glob])));
}

function ofGlob({ name, match }: Environment, glob: string, surroundings: Surroundings): Unused {
  return {
    ...lineOf(surroundings, 'environments', name, 'paths', match.paths.indexOf(glob)),
    setting: `environments.${name}.paths ${glob}`,
    title: `the path \`${glob}\` of the environment ${name} matches no file`,
    effect: 'weaker',
    next: 'Correct the path, or remove it. Paths are from the root of the repository.',
  };
}

/** A namespace without resources is common (its manifests are elsewhere), but a name similar to another one is a likely typo. */
function ofNamespaces({ name, match }: Environment, surroundings: Surroundings): readonly Unused[] {
  const here = [...new Set(surroundings.set.resources.flatMap(({ namespace }) => namespace ?? []))];
  return match.namespaces.flatMap((namespace, index): readonly Unused[] => {
    const near = here.includes(namespace) ? undefined : nearest(namespace, here);
    if (near === undefined || match.namespaces.includes(near) || claimed(near, surroundings)) return [];
    return [
      {
        ...lineOf(surroundings, 'environments', name, 'namespaces', index),
        setting: `environments.${name}.namespaces ${namespace}`,
        title: `the namespace ${namespace} of the environment ${name} matches no resource; perhaps ${near}`,
        effect: 'weaker',
        next: 'Correct the name, or remove it.',
      },
    ];
  });
}

/** `shop-dev` is similar to `shop-de1`, but belongs to another environment. */
function claimed(namespace: string, { inputs: { config } }: Surroundings): boolean {
  return config.environments.some(({ match }) => match.namespaces.includes(namespace));
}
