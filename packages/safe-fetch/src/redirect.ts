import { fetchFailed } from './failure.ts'
import type { SafeFetchPolicy } from './policy.ts'
import { checkUrl } from './url.ts'

export const MAX_REDIRECTS = 3

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]
export const isRedirect = (status: number): boolean => REDIRECTS.includes(status)

/** Where a redirect leads, checked like the customer's own URL; never from https to http. */
export function redirectTarget(
  location: string | string[] | undefined,
  from: URL,
  policy: SafeFetchPolicy,
): URL {
  const target =
    typeof location === 'string' && location ? URL.parse(utf8(location), from.href) : null
  if (!target) throw fetchFailed('bad_redirect')
  const url = checkUrl(target.href, policy)
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw fetchFailed('redirect_downgrade')
  }
  return url
}

// Header values arrive as latin1; a browser reads a Location's bytes as UTF-8.
const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString()
