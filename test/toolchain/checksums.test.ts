import { describe, expect, it } from 'vitest';
import { checksumOf } from '../../scripts/engines/checksums.ts';

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
const of = (list: string): string => checksumOf(list, 'probe.tar.gz', 'https://example.com/checksums.txt');

describe('checksumOf', () => {
  it.each([
    `${b}  other.tar.gz\n${a}  probe.tar.gz\n`,
    `${a} *probe.tar.gz`,
    `${a}  ./probe.tar.gz\r\n`,
    `${a.toUpperCase()}  probe.tar.gz\n`,
    `${a}\n`,
    `${a}  probe.tar.gz\n${a}  probe.tar.gz\n`,
  ])('reads %j', (list) => {
    expect(of(list)).toBe(a);
  });

  it.each([
    '',
    '<html>Not found</html>',
    `${a}  probe.tar.gz.sbom.json\n`,
    `${a}  evil-probe.tar.gz\n`,
    `${a.slice(1)}  probe.tar.gz\n`,
    `${a}0  probe.tar.gz\n`,
    `${a}\n${b}\n`,
  ])('finds no hash in %j', (list) => {
    expect(() => of(list)).toThrow(
      expect.objectContaining({ code: 'TOOL_UNTRUSTED', message: expect.stringContaining('no hash') }),
    );
  });

  it('takes none of two', () => {
    expect(() => of(`${a}  probe.tar.gz\n${b}  probe.tar.gz\n`)).toThrow('states two hashes for probe.tar.gz');
  });
});
