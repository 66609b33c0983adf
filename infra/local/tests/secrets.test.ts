import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readSecrets } from '../src/secrets.ts'
import { temporaryFolder } from './temporary-folder.ts'

test('secrets are made once, for their owner alone', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'secrets.json')
  const made = readSecrets(path)
  expect(readSecrets(path)).toEqual(made)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a file of an older version keeps what it has, and gets what it lacks once', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'secrets.json')
  writeFileSync(path, JSON.stringify({ billingSecret: 'old', sourceKeys: 'k1:old' }))
  const read = readSecrets(path)
  expect(read).toMatchObject({ billingSecret: 'old', sourceKeys: 'k1:old' })
  expect(read.webhookKeys).toMatch(/^k1:[A-Za-z0-9+/]{43}=$/)
  expect(readSecrets(path)).toEqual(read)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(read)
})
