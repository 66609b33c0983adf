import { describe, expect, test } from '@jest/globals'
import ipaddr from 'ipaddr.js'
import { classifyAddress, parseCidr } from './classify.ts'
import { readPolicy } from './policy.ts'
import { checkUrl } from './url.ts'

const REFUSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '255.255.255.255/32',
  '168.63.129.16/32',
  // Metadata services
  '169.254.169.254/32',
  '169.254.170.2/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
]

const REFUSED_IPV6 = [
  '::/96',
  '::/128',
  '::1/128',
  '::ffff:0:0/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '100:0:0:1::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
  // All else outside 2000::/3
  '1::/16',
  '1000::/4',
  '4000::/3',
  '8000::/1',
]

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '93.184.215.14',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '168.63.129.15',
  '168.63.129.17',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2003::1',
  '2606:4700:4700::1111',
  '2620:4f:7fff:ffff::1',
  '2a00:1450:4001:80f::200e',
  '3ffe::1',
]

/** First, middle and last address of a block. */
function samplesOf(cidr: string): (ipaddr.IPv4 | ipaddr.IPv6)[] {
  const [net, bits] = ipaddr.parseCIDR(cidr)
  const bytes = net.toByteArray()
  const fill = (bitAt: (index: number) => boolean) =>
    ipaddr.fromByteArray(
      bytes.map((byte, at) => {
        let filled = byte
        for (let bit = 0; bit < 8; bit++) {
          const index = at * 8 + bit
          if (index >= bits && bitAt(index)) filled |= 128 >> bit
        }
        return filled
      }),
    )
  return [fill(() => false), fill((index) => index % 2 === 0), fill(() => true)]
}

const hex = (bytes: readonly number[]) =>
  bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')

function ipv4Spellings(address: ipaddr.IPv4 | ipaddr.IPv6): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.toByteArray()
  const number = ((a * 256 + b) * 256 + c) * 256 + d
  const octal = (byte: number) => `0${byte.toString(8)}`
  const word = hex([a, b]) + ':' + hex([c, d])
  return [
    `${a}.${b}.${c}.${d}`,
    String(number),
    `0x${number.toString(16)}`,
    `0X${number.toString(16).toUpperCase()}`,
    [a, b, c, d].map(octal).join('.'),
    [a, b, c, d].map((byte) => `0x${byte.toString(16)}`).join('.'),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${b}.${c}.${d}.`,
    `[::ffff:${a}.${b}.${c}.${d}]`,
    `[::FFFF:${word.toUpperCase()}]`,
    `[::${a}.${b}.${c}.${d}]`,
    `[64:ff9b::${a}.${b}.${c}.${d}]`,
    `[2002:${word}::]`,
  ]
}

function ipv6Spellings(address: ipaddr.IPv4 | ipaddr.IPv6): string[] {
  const bytes = address.toByteArray()
  const full = hex(bytes).match(/.{4}/g)?.join(':') ?? ''
  const last = bytes.slice(12).join('.')
  return [
    address.toString(),
    address.toNormalizedString(),
    full,
    full.toUpperCase(),
    `${full.slice(0, 29)}:${last}`,
  ].map((text) => `[${text}]`)
}

const policy = readPolicy({ allow: '', ownHosts: [], production: true })
const keyOf = (host: string): unknown => {
  try {
    return checkUrl(`http://${host}/`, policy).href
  } catch (error) {
    return (error as { key: unknown }).key
  }
}

describe.each([...REFUSED_IPV4, ...REFUSED_IPV6])('%s', (cidr) => {
  const samples = samplesOf(cidr)

  test('is never public', () => {
    for (const sample of samples) {
      expect([sample.toString(), classifyAddress(sample.toString())]).not.toContain('public')
    }
  })

  test('is refused in every spelling of a URL', () => {
    const spell = cidr.includes(':') ? ipv6Spellings : ipv4Spellings
    for (const host of samples.flatMap(spell)) {
      expect([host, keyOf(host)]).toEqual([host, 'url_address_not_allowed'])
    }
  })
})

test.each(PUBLIC)('%s is public', (address) => {
  expect(classifyAddress(address)).toBe('public')
  const host = address.includes(':') ? `[${address}]` : address
  expect(keyOf(host)).toBe(`http://${host}/`)
})

test.each([
  ['127.0.0.1', 'local'],
  ['127.255.255.255', 'local'],
  ['10.1.2.3', 'local'],
  ['172.31.0.1', 'local'],
  ['192.168.1.1', 'local'],
  ['::1', 'local'],
  ['fd12:3456::1', 'local'],
  ['0.0.0.0', 'refused'],
  ['::', 'refused'],
  ['100.64.0.1', 'refused'],
  ['169.254.169.254', 'refused'],
  ['fd00:ec2::254', 'refused'],
  ['fe80::1', 'refused'],
  ['::ffff:127.0.0.1', 'refused'],
  ['2606:4700:4700::1111%eth0', 'refused'],
  ['0177.0.0.1', 'refused'],
  ['134744072', 'refused'],
  ['8.8.8.8 ', 'refused'],
  ['localhost', 'refused'],
  ['', 'refused'],
])('the allow-list may open %s: %s', (address, expected) => {
  expect(classifyAddress(address)).toBe(expected)
})

test("the operator's blocks are refused, in both families", () => {
  const also = [parseCidr('93.184.215.0/24'), parseCidr('2606:4700::/32')]
  expect(classifyAddress('93.184.215.14', also)).toBe('refused')
  expect(classifyAddress('2606:4700::1', also)).toBe('refused')
  expect(classifyAddress('93.184.216.14', also)).toBe('public')
})
