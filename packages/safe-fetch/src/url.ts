import { hash } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { MAX_URL_LENGTH, type FetchKey } from '@upscale/types'
import { fetchFailed, webhookUrlRefused } from './failure.ts'
import { isAllowedAddress, pairOf, plainHost, type SafeFetchPolicy } from './policy.ts'

/**
 * A customer's URL that may be fetched as far as its text tells, without its fragment; path and query
 * stay as they are, since signatures cover them. Throws PROBE_FAILED with a `url_*` key.
 */
export function checkUrl(text: string, policy: SafeFetchPolicy): URL {
  const checked = urlOrFault(text, policy, () => SOURCE_SCHEMES)
  if (typeof checked === 'string') throw fetchFailed(checked)
  return checked
}

/**
 * A receiver's URL that may be posted to as far as its text tells: https, or http for a pair of the
 * allow-list. Throws INVALID_WEBHOOK_URL with a `url_*` key.
 */
export function checkWebhookUrl(text: string, policy: SafeFetchPolicy): URL {
  const checked = urlOrFault(text, policy, (isListed) =>
    isListed ? SOURCE_SCHEMES : WEBHOOK_SCHEMES,
  )
  if (typeof checked === 'string') throw webhookUrlRefused(checked)
  return checked
}

/** A URL as a log may show it: path and query may open a door. */
export function placeOf(url: string): { origin: string; path_sha256: string } {
  const { origin, protocol, pathname } = new URL(url)
  return {
    origin: origin === 'null' ? protocol : origin,
    path_sha256: hash('sha256', pathname).slice(0, 16),
  }
}

const SOURCE_SCHEMES: readonly string[] = ['https:', 'http:']
const WEBHOOK_SCHEMES: readonly string[] = ['https:']
const PORTS: readonly string[] = ['', '443', '80']

type SchemesOf = (isListed: boolean) => readonly string[]

function urlOrFault(text: string, policy: SafeFetchPolicy, schemesOf: SchemesOf): URL | FetchKey {
  const url = URL.parse(text)
  if (!url || !isPlainText(text)) return 'url_invalid'
  url.hash = ''
  return urlFault(url, policy, schemesOf) ?? url
}

// The parser drops tabs and newlines silently, so the text must not hold any.
const isPlainText = (text: string): boolean =>
  text.length <= MAX_URL_LENGTH && text.isWellFormed() && !/[\p{Cc} ]/u.test(text)

function urlFault(url: URL, policy: SafeFetchPolicy, schemesOf: SchemesOf): FetchKey | undefined {
  const isListed = policy.allow.has(pairOf(url))
  if (!schemesOf(isListed).includes(url.protocol)) return 'url_scheme_not_allowed'
  if (url.username || url.password) return 'url_credentials_not_allowed'
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
