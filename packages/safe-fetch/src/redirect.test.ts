import { expect, test } from '@jest/globals'
import { AppError } from '@upscale/types'
import { readPolicy } from './policy.ts'
import { isRedirect, redirectTarget } from './redirect.ts'

const policy = readPolicy({ allow: '', ownHosts: [], production: true })

const follow = (from: string, location: string | string[] | undefined): string => {
  try {
    return redirectTarget(location, new URL(from), policy).href
  } catch (error) {
    if (error instanceof AppError) return error.key
    throw error
  }
}

test.each([
  ['https://example.com/a/b', 'c?d#e', 'https://example.com/a/c?d'],
  ['https://example.com/a', '//cdn.example.com/x', 'https://cdn.example.com/x'],
  ['http://example.com/a', 'https://example.com/a', 'https://example.com/a'],
  ['http://example.com/a', 'http://other.example.com/a', 'http://other.example.com/a'],
  ['https://example.com/', '/caf\xc3\xa9', 'https://example.com/caf%C3%A9'],
  ['https://example.com/a', 'http://example.com/a', 'redirect_downgrade'],
  ['https://example.com/a', 'http://example.com:443/a', 'redirect_downgrade'],
  ['https://example.com/a', undefined, 'bad_redirect'],
  ['https://example.com/a', '', 'bad_redirect'],
  ['https://example.com/a', ['/b', '/b'], 'bad_redirect'],
  ['https://example.com/a', 'https://[::', 'bad_redirect'],
  ['https://example.com/a', 'https://127.0.0.1/', 'url_address_not_allowed'],
  ['https://example.com/a', 'http://127.0.0.1/', 'url_address_not_allowed'],
  ['https://example.com/a', '//2130706433', 'url_address_not_allowed'],
  ['https://example.com/a', '//localhost', 'url_host_not_allowed'],
  ['https://example.com/a', '//example.com:22', 'url_port_not_allowed'],
  ['https://example.com/a', 'file:///etc/passwd', 'url_scheme_not_allowed'],
  ['https://example.com/a', '//u:p@example.com', 'url_credentials_not_allowed'],
  ['https://example.com/a', `/${'a'.repeat(2048)}`, 'url_invalid'],
])('%s to %j: %s', (from, location, expected) => {
  expect(follow(from, location)).toBe(expected)
})

test('follows what asks for the same with GET, and no other 3xx', () => {
  const statuses = [200, 300, 301, 302, 303, 304, 305, 306, 307, 308]
  expect(statuses.filter(isRedirect)).toEqual([301, 302, 303, 307, 308])
})
