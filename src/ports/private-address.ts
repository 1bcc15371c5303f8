import { BlockList, isIP } from 'node:net';

/**
 * Addresses at which no public registry can be, by kind: https://www.iana.org/assignments/iana-ipv4-special-registry/ and
 * https://www.iana.org/assignments/iana-ipv6-special-registry/, with the metadata services of clouds that have addresses of their own.
 */
const special: readonly (readonly [kind: string, v4: readonly string[], v6: readonly string[]])[] = [
  [
    'the address of a metadata service',
    ['169.254.169.254/32', '169.254.170.2/32', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32'],
    ['fd00:ec2::/32', 'fd20:ce::254/128'],
  ],
  ['a loopback address', ['127.0.0.0/8'], ['::1/128']],
  ['a private address', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'], ['fc00::/7', 'fec0::/10']],
  ['a link-local address', ['169.254.0.0/16'], ['fe80::/10']],
  ['an unspecified address', ['0.0.0.0/8'], ['::/128']],
  ['a multicast address', ['224.0.0.0/4'], ['ff00::/8']],
  [
    'a reserved address',
    ['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4'],
    ['64:ff9b:1::/48', '100::/64', '2001::/32', '2001:db8::/32', '3fff::/20'],
  ],
];
const reserved = 'a reserved address';

/** IPv6 addresses that contain an IPv4 address, and where: mapped, NAT64 (RFC 6052), 6to4. */
const embedded: readonly (readonly [prefix: string, bits: number])[] = [
  ['::ffff:', 96],
  ['64:ff9b::', 96],
  ['2002:', 16],
];

const blocks = special.map(([kind, v4, v6]) => {
  const list = new BlockList();
  for (const subnet of v4) {
    const [address = '', bits = ''] = subnet.split('/');
    list.addSubnet(address, Number(bits), 'ipv4');
    const words = hexWords(address);
    for (const [prefix, before] of embedded)
      list.addSubnet(before === 16 ? `${prefix}${words}::` : `${prefix}${words}`, before + Number(bits), 'ipv6');
  }
  for (const subnet of v6) {
    const [address = '', bits = ''] = subnet.split('/');
    list.addSubnet(address, Number(bits), 'ipv6');
  }
  return { kind, list };
});

/** Assigned to hosts of the internet: every other IPv6 address is reserved. */
const global = new BlockList();
for (const [address, bits] of [
  ['2000::', 3],
  ['64:ff9b::', 96],
  ['::ffff:0:0', 96],
] as const)
  global.addSubnet(address, bits, 'ipv6');

/** `127.0.0.1` -> `7f00:1` */
function hexWords(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** The kind of an address that is not on the internet; undefined for a public one, and for text that is not an address. */
export function privateAddress(text: string): string | undefined {
  const [address = ''] = text.replace(/^\[|\]$/g, '').split('%');
  const version = isIP(address);
  if (version === 0) return undefined;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const found = blocks.find(({ list }) => list.check(address, family));
  if (found !== undefined) return found.kind;
  return version === 6 && !global.check(address, 'ipv6') ? reserved : undefined;
}

/** The same for the host of a URL, which writes every IPv4 address in one way; and names that mean the machine itself or its cloud. */
export function privateHost(hostname: string): string | undefined {
  const name = hostname.toLowerCase().replace(/\.+$/, '');
  if (/^(?:.*\.)?localhost(?:\.localdomain)?$/.test(name)) return 'the machine itself';
  if (/^(?:metadata|metadata\.google\.internal|metadata\.goog|instance-data)$/.test(name)) return 'a metadata service';
  return privateAddress(name);
}
