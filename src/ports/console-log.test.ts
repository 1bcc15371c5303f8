import { describe, expect, it } from 'vitest';
import { createConsoleLog, safeText } from './console-log.ts';

describe('console log', () => {
  it('writes whole lines, and debug lines only where they are wanted', () => {
    const written: string[] = [];
    const log = createConsoleLog({ write: (text) => written.push(text), debug: false });
    log.debug('hidden');
    log.info('building trivy');
    log.warn('slow');
    log.error('failed');
    expect(written).toEqual(['building trivy\n', 'warning: slow\n', 'error: failed\n']);
  });

  it('folds lines on a runner, each group ended before the next', () => {
    const written: string[] = [];
    const log = createConsoleLog({ write: (text) => written.push(text), debug: false, groups: true });
    log.group?.(undefined);
    log.group?.('Evaluate 100%\n::error::x');
    log.info('building trivy');
    log.group?.('Reports');
    log.group?.(undefined);
    log.info('done');
    expect(written).toEqual([
      '::group::Evaluate 100%25 : :error: :x\n',
      'building trivy\n',
      '::endgroup::\n',
      '::group::Reports\n',
      '::endgroup::\n',
      'done\n',
    ]);
    expect(createConsoleLog({ write: () => {}, debug: false }).group).toBeUndefined();
  });

  it.each([
    '::set-output name=verdict::pass',
    'harmless\n  ::add-mask::x',
    'harmless\r::stop-commands::x',
    'in a line ##[set-env name=PATH]/tmp',
    '::::error::x',
    '##\u200b[error]x',
    '#\u0000#[error]x',
  ])('leaves no workflow command in %j', (text) => {
    const safe = safeText(text);
    expect(safe).not.toContain('::');
    expect(safe).not.toContain('##[');
    expect(safe).not.toContain('\r');
  });

  it('shows control characters instead of sending them', () => {
    expect(safeText('a\u001b[31mred\u0007\u202eb\tc')).toBe('a\\u001b[31mred\\u0007\\u202eb\tc');
  });
});
