import path from 'node:path';
import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import { allowedBuiltins } from './builtins.ts';
import { excerpt, invalidOutput, type OpaContext, parseOutput, regoFlags, runOpa } from './process.ts';

/** The output of `opa capabilities --current` (1.19.1); declarations are passed on unchanged. */
const capabilitiesSchema = z.looseObject({ builtins: z.array(z.looseObject({ name: z.string() })).min(1) });

/** Writes the capabilities that policies compile against: those of the binary that are on the allow list, without network. */
export async function writeCapabilities(context: OpaContext): Promise<string> {
  const result = await runOpa(context, ['capabilities', '--current', ...regoFlags(context.options)]);
  if (result.exitCode !== 0) {
    throw new GateError('ENGINE_FAILED', { message: `opa capabilities ended with ${result.exitCode}: ${excerpt(result)}` });
  }
  const parsed = capabilitiesSchema.safeParse(parseOutput(result, 'capabilities'));
  if (!parsed.success) throw invalidOutput('capabilities', schemaProblem(parsed.error, { whole: 'the output' }));
  const builtins = parsed.data.builtins.filter((builtin) => allowedBuiltins.has(builtin.name));
  const file = path.join(context.workdir, 'capabilities.json');
  await context.ports.files.write(file, JSON.stringify({ ...parsed.data, builtins, allow_net: [] }));
  return file;
}
