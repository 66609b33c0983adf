import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** `public`: anybody may be sent there; `local`: only by the allow-list; `refused`: never. */
export type AddressClass = 'public' | 'local' | 'refused'

type Address = ipaddr.IPv4 | ipaddr.IPv6
export type Cidr = readonly [Address, number]

/** Throws where the text is no CIDR. */
export const parseCidr = (text: string): Cidr => ipaddr.parseCIDR(text)

// What ipaddr.js calls unicast or private, and no customer may reach.
const NEVER: readonly Cidr[] = [
  '168.63.129.16/32', // Azure's platform services
  'fd00:ec2::254/128', // AWS metadata
  '2001::/23', // protocol assignments: Teredo, benchmarking, ORCHID
].map(parseCidr)
const GLOBAL_IPV6 = parseCidr('2000::/3') // IANA gives out no other space
const LOCAL_RANGES: readonly string[] = ['loopback', 'private', 'uniqueLocal']

/**
 * Class of one address as a resolver answers it. Only the plain spelling counts as an address: others
 * (octal, decimal, with zone) are refused, since two parsers may read them as two addresses.
 */
export function classifyAddress(text: string, alsoRefused: readonly Cidr[] = []): AddressClass {
  if (isIP(text) === 0 || text.includes('%')) return 'refused'
  const address = ipaddr.parse(text)
  const isIn = (cidr: Cidr) => matches(address, cidr)
  if (NEVER.some(isIn) || alsoRefused.some(isIn)) return 'refused'
  const range = address.range()
  if (LOCAL_RANGES.includes(range)) return 'local'
  if (range !== 'unicast') return 'refused'
  return address.kind() === 'ipv4' || isIn(GLOBAL_IPV6) ? 'public' : 'refused'
}

const matches = (address: Address, [net, bits]: Cidr): boolean =>
  address.kind() === net.kind() && address.match(net, bits)
