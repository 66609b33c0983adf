import { isIPv4 } from 'node:net'
import { MAX_URL_LENGTH, type FetchKey } from '@upscale/types'
import { fetchFailed } from './failure.ts'
import { isAllowedAddress, pairOf, plainHost, type SafeFetchPolicy } from './policy.ts'

/**
 * A customer's URL that may be fetched as far as its text tells, without its fragment; path and query
 * stay as they are, since signatures cover them. Throws PROBE_FAILED with a `url_*` key.
 */
export function checkUrl(text: string, policy: SafeFetchPolicy): URL {
  const url = URL.parse(text)
  const fault = !url || !isPlainText(text) ? 'url_invalid' : urlFault(url, policy)
  if (!url || fault) throw fetchFailed(fault ?? 'url_invalid')
  url.hash = ''
  return url
}

// The parser drops tabs and newlines silently, so the text must not hold any.
const isPlainText = (text: string): boolean =>
  text.length <= MAX_URL_LENGTH && !/[\p{Cc} ]/u.test(text)

const SCHEMES: readonly string[] = ['https:', 'http:']
const PORTS: readonly string[] = ['', '443', '80']

function urlFault(url: URL, policy: SafeFetchPolicy): FetchKey | undefined {
  if (!SCHEMES.includes(url.protocol)) return 'url_scheme_not_allowed'
  if (url.username || url.password) return 'url_credentials_not_allowed'
  const isListed = policy.allow.has(pairOf(url))
  if (!isListed && !PORTS.includes(url.port)) return 'url_port_not_allowed'
  const address = literalAddress(plainHost(url.hostname))
  if (address !== undefined) {
    return isAllowedAddress(address, isListed, policy) ? undefined : 'url_address_not_allowed'
  }
  return isListed || isPublicName(plainHost(url.hostname), policy)
    ? undefined
    : 'url_host_not_allowed'
}

const literalAddress = (host: string): string | undefined =>
  host.startsWith('[') ? host.slice(1, -1) : isIPv4(host) ? host : undefined

const LOCAL_NAMES = [
  'localhost',
  'local',
  'localdomain',
  'internal',
  'home.arpa',
  'arpa',
  'test',
  'invalid',
  'onion',
  'i2p',
]

const isPublicName = (host: string, policy: SafeFetchPolicy): boolean =>
  host.includes('.') &&
  host.split('.').every(Boolean) &&
  !LOCAL_NAMES.some((name) => host === name || host.endsWith(`.${name}`)) &&
  !policy.ownHosts.has(host)
