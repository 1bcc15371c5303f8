import * as z from 'zod';
import { count, text } from './schema-basics.ts';

const resource = z.object({
  change: z.enum(['added', 'changed', 'removed']),
  label: text('`Deployment shop/web`.'),
  source: z
    .object({ file: text('Relative to the workspace.'), line: z.int().positive().describe('From 1.') })
    .describe('Where its manifest begins: in the change, or in the base for what was removed.'),
  lines: z
    .array(z.string())
    .describe(
      'A unified diff of its manifests, without values of Secrets. A line that begins with `!` is a finding at the line above it, or a note. Text from outside.',
    ),
  left: count('Further lines that are left out. Omitted if there are none.').exactOptional(),
});

export const difference = z.object({
  counts: z.object({ added: z.int().nonnegative(), changed: z.int().nonnegative(), removed: z.int().nonnegative() }),
  unchanged: count('Resources that are the same on both sides.'),
  deployables: z.array(
    z.object({
      unit: text('The file, chart or kustomization.'),
      environments: z.array(z.string()).describe('Environments that it is deployed to.'),
      resources: z.array(resource),
    }),
  ),
  notCompared: z
    .array(
      z.object({
        what: text('The file, chart or kustomization, or what a pointer deploys.'),
        side: z.enum(['base', 'change']).describe('The side that it was not rendered on.'),
        reason: text('Why not. Text from outside.'),
      }),
    )
    .describe('What could not be rendered on one side; its resources are neither added nor removed.'),
});
