import { expect, test } from '@jest/globals'
import { isAllowedAddress, pairOf, readPolicy } from './policy.ts'

const settings = { allow: '', ownHosts: [], production: false }

test('reads exact pairs in the spelling of the URL parser', () => {
  const allow = ' 127.0.0.1:9000, [::1]:9000,[0:0:0:0:0:0:0:1]:80,MinIO:9000,localhost.:0443,'
  expect([...readPolicy({ ...settings, allow }).allow]).toEqual([
    '127.0.0.1:9000',
    '[::1]:9000',
    '[::1]:80',
    'minio:9000',
    'localhost:443',
  ])
})

test.each([
  'true',
  '*',
  '127.0.0.1',
  '127.0.0.1:',
  '127.0.0.1:0',
  '127.0.0.1:65536',
  '10.0.0.0/8:80',
  'http://minio:9000',
  'user@minio:9000',
  '::1:9000',
  '[::g]:80',
  '*.example.com:80',
])('does not start with SAFE_FETCH_ALLOW=%s', (allow) => {
  expect(() => readPolicy({ ...settings, allow })).toThrow(
    `SAFE_FETCH_ALLOW holds "${allow}", which is not host:port`,
  )
})

test('does not start in production with an allow-list', () => {
  expect(() => readPolicy({ ...settings, allow: 'minio:9000', production: true })).toThrow(
    'SAFE_FETCH_ALLOW must be empty where NODE_ENV is production',
  )
  expect(readPolicy({ ...settings, allow: ' , ', production: true }).allow.size).toBe(0)
})

test("does not start with an operator's block that is none", () => {
  expect(() => readPolicy({ ...settings, refuse: '1.2.3.0/24,1.2.3.4' })).toThrow(
    'SAFE_FETCH_REFUSE holds "1.2.3.4", which is not a CIDR',
  )
})

test('tells the servers who fetches', () => {
  const { userAgent } = readPolicy({ ...settings, ownHosts: ['Upscale.Example.com.'] })
  expect(userAgent).toBe('upscale (+https://upscale.example.com/)')
})

test.each([
  [{ hostname: '::1', port: '9000', protocol: 'http:' }, '[::1]:9000'],
  [{ hostname: '[::1]', port: '', protocol: 'http:' }, '[::1]:80'],
  [{ hostname: 'a.example.', port: '', protocol: 'https:' }, 'a.example:443'],
])('%j is the pair %s', (goal, pair) => {
  expect(pairOf(goal)).toBe(pair)
})

test('a listed pair may be local, never link-local, and the operator still refuses', () => {
  const policy = readPolicy({ ...settings, refuse: '10.9.0.0/16' })
  expect(isAllowedAddress('127.0.0.1', true, policy)).toBe(true)
  expect(isAllowedAddress('127.0.0.1', false, policy)).toBe(false)
  expect(isAllowedAddress('10.8.0.1', true, policy)).toBe(true)
  expect(isAllowedAddress('10.9.0.1', true, policy)).toBe(false)
  expect(isAllowedAddress('169.254.169.254', true, policy)).toBe(false)
})

test('a pair that is used is told once', () => {
  const told: string[] = []
  const { onAllowed } = readPolicy({ ...settings, onAllowed: (pair) => void told.push(pair) })
  for (const pair of ['a:1', 'b:1', 'a:1']) onAllowed(pair)
  expect(told).toEqual(['a:1', 'b:1'])
})
