import { expect, test } from '@jest/globals'
import { appUrl, passwordIn, rolePassword } from './role-url.ts'

const ADMIN = 'postgres://root:s%3Acret@db.local:5433/upscale?sslmode=require'

test('the app connects to the same database as itself', () => {
  expect(appUrl(ADMIN, 'billing_app', 'p@ss/w:rd')).toBe(
    'postgres://billing_app:p%40ss%2Fw%3Ard@db.local:5433/upscale?sslmode=require',
  )
})

test('a derived password is fixed per role and administrator', () => {
  const password = rolePassword(ADMIN, 'billing_app')
  expect(password).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(rolePassword('postgres://x:s%3Acret@elsewhere/db', 'billing_app')).toBe(password)
  expect(rolePassword(ADMIN, 'gateway_app')).not.toBe(password)
  expect(rolePassword(ADMIN.replace('cret', 'cred'), 'billing_app')).not.toBe(password)
})

test('nothing is derived from no password', () => {
  expect(() => rolePassword('postgres://root@db.local/upscale', 'billing_app')).toThrow(
    'has no password: give billing_app a password of its own',
  )
})

test("a URL's password is read as it is meant, where it has one", () => {
  expect(passwordIn('postgres://billing_app:p%40ss@db/upscale')).toBe('p@ss')
  expect(passwordIn('postgres://billing_app@db/upscale')).toBeUndefined()
  expect(passwordIn('')).toBeUndefined()
})
