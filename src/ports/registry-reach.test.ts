import { describe, expect, it } from 'vitest';
import { lookupIn } from './http-agents.ts';
import { PrivateHostError, reach } from './registry-reach.ts';

const addresses =
  (...list: readonly string[]) =>
  () =>
    Promise.resolve(list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
const nobody = () => Promise.reject(new Error('a host that is refused by its name is not looked up'));
const named =
  (...hosts: readonly string[]) =>
  () =>
    Promise.resolve(hosts);
type Resolve = NonNullable<NonNullable<Parameters<typeof reach>[2]>['resolve']>;
const refusal = (url: string, hosts = named(), resolve: Resolve = nobody) =>
  reach(new URL(url), hosts, { resolve }).then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof PrivateHostError ? thrown.refused : thrown),
  );

describe('a host', () => {
  it('of this machine is refused before it is looked up', async () => {
    expect(await refusal('http://127.0.0.1:5000/')).toEqual({ host: '127.0.0.1:5000', why: 'is a loopback address' });
    expect(await refusal('https://localhost/')).toEqual({ host: 'localhost', why: 'is the machine itself' });
    expect(await refusal('http://[::ffff:a9fe:a9fe]/latest')).toMatchObject({ why: 'is the address of a metadata service' });
  });

  it('whose name leads into the network of this machine is refused, and its address is not shown', async () => {
    for (const list of [['10.0.0.7'], ['1.1.1.1', '10.0.0.7'], ['2606:4700::1111', '::ffff:10.0.0.7']])
      expect(await refusal('https://registry.example/', named(), addresses(...list))).toEqual({
        host: 'registry.example',
        why: 'has a private address',
      });
  });

  it.each([
    ['http://127.0.0.1:5000/', '127.0.0.1:5000'],
    ['http://2130706433:5000/', '127.1:5000'],
    ['https://Registry.internal./', 'registry.internal'],
    ['http://registry.internal/', 'registry.internal:443'],
    ['https://[::1]:5000/', '[0:0:0:0:0:0:0:1]:5000'],
  ])('%s that is named, as %s, is not', async (url, name) => {
    const own = url.includes('internal') ? '10.0.0.7' : '127.0.0.1';
    expect(await refusal(url, named('other.internal', name), addresses(own))).toBeUndefined();
    expect(await refusal(url, named('other.internal'), addresses(own))).toBeDefined();
  });

  it('is named with its port', async () => {
    expect(await refusal('http://127.0.0.1:6000/', named('127.0.0.1:5000', '127.0.0.1'))).toBeDefined();
    expect(await refusal('http://127.0.0.1/', named('127.0.0.1:5000'))).toBeDefined();
  });

  it('is connected to at the addresses that were checked, and nowhere else', async () => {
    let lookups = 0;
    const rebinding = () => addresses(lookups++ === 0 ? '1.1.1.1' : '127.0.0.1')();
    const lookup = lookupIn(await reach(new URL('https://rebinding.example/'), named(), { resolve: rebinding }));
    for (const _ of [1, 2]) {
      lookup('rebinding.example', { all: true }, (error, found) =>
        expect([error, found]).toEqual([null, [{ address: '1.1.1.1', family: 4 }]]),
      );
      lookup('rebinding.example', {}, (error, found, family) => expect([error, found, family]).toEqual([null, '1.1.1.1', 4]));
    }
    expect(lookups).toBe(1);
  });

  it('behind a proxy may have a name that only the proxy knows, but none that leads into the network of this machine', async () => {
    const behind = (url: string, resolve: Resolve) => reach(new URL(url), named(), { proxied: true, resolve });
    const unknown = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await behind('https://registry.example/', unknown)).toEqual([]);
    await expect(reach(new URL('https://registry.example/'), named(), { resolve: unknown })).rejects.toThrow('ENOTFOUND');
    await expect(behind('https://registry.example/', addresses('10.0.0.7'))).rejects.toThrow('has a private address');
    for (const host of ['10.0.0.7', 'localhost', '169.254.169.254'])
      await expect(behind(`https://${host}/`, unknown)).rejects.toThrow(PrivateHostError);
  });

  it('asks who is named only where that matters', async () => {
    const never = () => Promise.reject(new Error('the base commit was rendered for a public registry'));
    await reach(new URL('https://registry.example/'), never, { resolve: addresses('1.1.1.1') });
  });
});
