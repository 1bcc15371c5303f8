import * as z from 'zod';
import { engines } from '../engines/registry.ts';
import { once } from '../model/once.ts';
import { type Options, optionEntries } from './options/table.ts';

type Keyed = {
  readonly [K in keyof Options as Options[K] extends { readonly key: unknown } ? K : never]: Options[K] extends {
    readonly key: { readonly schema: (...args: never) => infer S extends z.ZodType };
  }
    ? z.infer<S>
    : never;
};
export type ConfigFile = { readonly [K in keyof Keyed]?: Keyed[K] | undefined };

/**
 * The shape of `.k8s-gate.yaml`, of the options that are keys of it; the source of schemas/config.schema.json and docs/configuration.md. Strict:
 * a typo must not switch anything off.
 */
export const configSchema = once(build);

function build(): z.ZodType<ConfigFile>;
function build(): z.ZodType {
  return z.strictObject(keySchemas());
}

/** The schema of each key, in the order of the table. */
export function keySchemas(): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(
    optionEntries.flatMap(([name, { key, text, otherwise }]) => {
      if (key === undefined) return [];
      const schema = key.schema(z, engines);
      const description = key.text ?? (otherwise === undefined ? text : `${text} Default: ${otherwise}.`);
      return [[name, (key.required ? schema : schema.optional()).describe(description)]];
    }),
  );
}
