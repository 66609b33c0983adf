import { lookup } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import { StartError } from '@upscale/types'
import { classifyAddress, parseCidr, type Cidr } from './classify.ts'

/** Addresses of a host name; tests pass their own. */
export type Resolve = (host: string) => Promise<readonly string[]>

/** Where this process may connect to, fixed at start. */
export interface SafeFetchPolicy {
  /** `host:port` pairs of the development allow-list, in the URL parser's spelling. */
  allow: ReadonlySet<string>
  /** Our own public host names: a job that reads another job's page would never end. */
  ownHosts: ReadonlySet<string>
  /** Our egress addresses and what the operator adds. */
  refused: readonly Cidr[]
  userAgent: string
  resolve: Resolve
  /** A connection used this pair of the allow-list; told once for each pair. */
  onAllowed: (pair: string) => void
}

export interface PolicySettings {
  /** Text of SAFE_FETCH_ALLOW: exact `host:port` pairs, comma-separated; must be empty in production. */
  allow: string
  /** Our public host names, the one that tells who fetches first; not the upload host. */
  ownHosts: readonly string[]
  production: boolean
  /** CIDRs that are refused besides the special ones, comma-separated. */
  refuse?: string | undefined
  resolve?: Resolve | undefined
  onAllowed?: ((pair: string) => void) | undefined
}

/** Throws a StartError that names the setting. */
export function readPolicy(settings: PolicySettings): SafeFetchPolicy {
  const allow = listed(settings.allow)
  if (settings.production && allow.length > 0) {
    throw new StartError('SAFE_FETCH_ALLOW must be empty where NODE_ENV is production')
  }
  const ownHosts = settings.ownHosts.map(plainHost)
  return {
    allow: new Set(allow.map(allowedPair)),
    ownHosts: new Set(ownHosts),
    refused: listed(settings.refuse ?? '').map(refusedCidr),
    userAgent: ownHosts[0] ? `upscale (+https://${ownHosts[0]}/)` : 'upscale',
    resolve: settings.resolve ?? lookupAll,
    onAllowed: oncePerPair(settings.onAllowed ?? (() => {})),
  }
}

function oncePerPair(tell: (pair: string) => void): (pair: string) => void {
  const told = new Set<string>() // of the allow-list, so never many
  return (pair) => {
    if (told.has(pair)) return
    told.add(pair)
    tell(pair)
  }
}

/** Spelling of a connection's goal in the allow-list; `port` is empty for the scheme's own. */
export function pairOf(goal: { hostname: string; port: string; protocol: string }): string {
  const host = isIPv6(goal.hostname) ? `[${goal.hostname}]` : plainHost(goal.hostname)
  return `${host}:${goal.port || (goal.protocol === 'https:' ? '443' : '80')}`
}

/** Whether the allow-list lets a connection go to a local address; it lifts nothing else. */
export function isAllowedAddress(
  address: string,
  isListed: boolean,
  policy: SafeFetchPolicy,
): boolean {
  const found = classifyAddress(address, policy.refused)
  return found === 'public' || (found === 'local' && isListed)
}

/** Lower case, without the final dot that means "no search domain". */
export const plainHost = (host: string): string => host.toLowerCase().replace(/\.$/, '')

const lookupAll: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address)

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

const PAIR = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+):(\d{1,5})$/i

function allowedPair(text: string): string {
  const [, host = '', port = ''] = PAIR.exec(text) ?? []
  const url = URL.parse(`http://${host}`)
  if (!url || Number(port) < 1 || Number(port) > 65_535) {
    throw new StartError(`SAFE_FETCH_ALLOW holds "${text}", which is not host:port`)
  }
  return `${plainHost(url.hostname)}:${Number(port)}`
}

function refusedCidr(text: string): Cidr {
  try {
    return parseCidr(text)
  } catch (cause) {
    throw new StartError(`SAFE_FETCH_REFUSE holds "${text}", which is not a CIDR`, { cause })
  }
}
