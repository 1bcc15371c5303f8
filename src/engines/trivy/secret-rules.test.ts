import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyFolder, removeTempFolders } from '../../../test/support/temp-folders.ts';
import { trivyContext } from '../../../test/support/trivy-bench.ts';
import { writeSecretRules } from './secret-rules.ts';
import { layOut } from './workspace.ts';

afterAll(removeTempFolders);

describe('the secret rules', () => {
  it('are those of the base commit, and not those that the change or a step before the gate has', async () => {
    const [workspace, trusted] = [emptyFolder(), emptyFolder()];
    writeFileSync(path.join(workspace, 'rules.yaml'), 'rules: [{ id: of-the-change }]\n');
    const bare = { ...trivyContext({ tool: undefined, workspace, options: { secretConfig: 'rules.yaml' } }), trusted };
    const context = { ...bare, folders: await layOut(bare) };
    await expect(writeSecretRules(context)).rejects.toMatchObject({ code: 'CONFIG_INVALID', details: { file: 'rules.yaml' } });
    writeFileSync(path.join(trusted, 'rules.yaml'), 'rules: [{ id: of-the-base }]\n');
    const { file } = await writeSecretRules(context);
    const written = await context.ports.files.readText(file);
    expect(written).toContain('of-the-base');
    expect(written).not.toContain('of-the-change');
  });
});
