import { describe, expect, it } from 'vitest';
import { privateAddress, privateHost } from './private-address.ts';

describe('an address that is not on the internet', () => {
  it.each([
    ['127.0.0.1', 'a loopback address'],
    ['127.255.255.254', 'a loopback address'],
    ['::1', 'a loopback address'],
    ['10.0.0.1', 'a private address'],
    ['172.16.0.1', 'a private address'],
    ['172.31.255.255', 'a private address'],
    ['192.168.1.1', 'a private address'],
    ['100.64.0.1', 'a private address'],
    ['fc00::1', 'a private address'],
    ['fdff::1', 'a private address'],
    ['fec0::1', 'a private address'],
    ['169.254.1.1', 'a link-local address'],
    ['fe80::1', 'a link-local address'],
    ['fe80::1%eth0', 'a link-local address'],
    ['169.254.169.254', 'the address of a metadata service'],
    ['169.254.170.2', 'the address of a metadata service'],
    ['100.100.100.200', 'the address of a metadata service'],
    ['168.63.129.16', 'the address of a metadata service'],
    ['fd00:ec2::254', 'the address of a metadata service'],
    ['0.0.0.0', 'an unspecified address'],
    ['0.1.2.3', 'an unspecified address'],
    ['::', 'an unspecified address'],
    ['224.0.0.1', 'a multicast address'],
    ['ff02::1', 'a multicast address'],
    ['255.255.255.255', 'a reserved address'],
    ['240.0.0.1', 'a reserved address'],
    ['198.18.0.1', 'a reserved address'],
    ['2001:db8::1', 'a reserved address'],
    ['4000::1', 'a reserved address'],
    // IPv4 within IPv6
    ['::ffff:127.0.0.1', 'a loopback address'],
    ['::ffff:7f00:1', 'a loopback address'],
    ['::ffff:169.254.169.254', 'the address of a metadata service'],
    ['::127.0.0.1', 'a reserved address'],
    ['64:ff9b::10.0.0.1', 'a private address'],
    ['64:ff9b:1::a00:1', 'a reserved address'],
    ['2002:7f00:1::1', 'a loopback address'],
    ['2002:a9fe:a9fe::', 'the address of a metadata service'],
    ['2001:0:4136:e378::1', 'a reserved address'],
  ])('%s is %s', (address, kind) => {
    expect(privateAddress(address)).toBe(kind);
    expect(privateHost(address.includes(':') ? `[${address}]` : address)).toBe(kind);
  });

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '169.253.0.1',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '64:ff9b::101:101',
    '::ffff:8.8.8.8',
    '2002:808:808::1',
  ])('is not %s', (address) => expect(privateAddress(address)).toBeUndefined());

  it.each([
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '0177.0.0.1',
    '127.1',
    '127.0.1',
    '１２７.0.0.1',
    '127。0。0。1',
    '[::FFFF:7F00:0001]',
    '[0:0:0:0:0:0:0:1]',
    '0',
    'LOCALHOST',
    'localhost.',
    'registry.localhost',
    'localhost.localdomain',
    '10.1',
    '0xa9fea9fe',
    'metadata.google.internal',
    'metadata.google.internal.',
  ])('is found in a URL however it is spelled: %s', (host) =>
    expect(privateHost(new URL(`https://${host}:5000/`).hostname)).toBeDefined(),
  );

  it.each(['localhost.example', 'mylocalhost', 'metadata.example', 'ghcr.io', '10.example', '127.0.0.1.example'])(
    'is not %s',
    (host) => expect(privateHost(new URL(`https://${host}/`).hostname)).toBeUndefined(),
  );
});
