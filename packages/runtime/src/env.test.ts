import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { envInt, envListen, envSecret, envText } from './env.ts'

test('a missing setting is named', () => {
  expect(() => envText({}, 'PUBLIC_URL')).toThrow('PUBLIC_URL is not set')
  expect(envText({ PUBLIC_URL: '' }, 'PUBLIC_URL', 'x')).toBe('x')
})

test.each(['1.5', '-1', 'ten'])('%s is no whole number', (text) => {
  expect(() => envInt({ PORT: text }, 'PORT')).toThrow('PORT must be a whole number')
})

test('a secret may stand in a file', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'env-')), 'secret')
  writeFileSync(file, 'hush\n')
  expect(envSecret({ KEY_FILE: file }, 'KEY')).toBe('hush')
  expect(envSecret({ KEY: 'plain' }, 'KEY')).toBe('plain')
})

test('servers listen on loopback, or where HOST says', () => {
  expect(envListen({ PORT: '80' }, 'PORT')).toEqual({ host: '127.0.0.1', port: 80 })
  expect(envListen({ PORT: '80', HOST: '::' }, 'PORT')).toEqual({ host: '::', port: 80 })
  expect(() => envListen({ PORT: '80', HOST: 'http://x' }, 'PORT')).toThrow('HOST must be an IP')
})
