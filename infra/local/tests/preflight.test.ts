import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from './temporary-folder.ts'

const PREFLIGHT = new URL('../preflight.js', import.meta.url).pathname
const FIX = 'run `npx pnpm@12 install` and see what it says first.\n'

/** A work tree with these files beside the real pre-flight check; what it says and its exit code. */
function preflight(root: string, files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  mkdirSync(join(root, 'infra/local'), { recursive: true })
  const copy = join(root, 'infra/local/preflight.js')
  copyFileSync(PREFLIGHT, copy)
  writeFileSync(join(root, 'package.json'), '{"type":"module"}')
  const { status, stderr } = spawnSync(process.execPath, [copy], { encoding: 'utf8' })
  return { status, stderr }
}

const LOCK = 'lockfileVersion: 9\n'
const INSTALLED = {
  'pnpm-lock.yaml': LOCK,
  'node_modules/.pnpm/lock.yaml': LOCK,
  'node_modules/node/bin/node': '',
}

test('a whole install passes', () => {
  using tree = temporaryFolder()
  expect(preflight(tree.path, INSTALLED)).toEqual({ status: 0, stderr: '' })
})

test('no install is said in one sentence with the fix', () => {
  using tree = temporaryFolder()
  expect(preflight(tree.path, { 'pnpm-lock.yaml': LOCK })).toEqual({
    status: 1,
    stderr: `The packages are not installed: ${FIX}`,
  })
})

test('an install of another lockfile is said', () => {
  using tree = temporaryFolder()
  expect(preflight(tree.path, { ...INSTALLED, 'pnpm-lock.yaml': 'newer' })).toEqual({
    status: 1,
    stderr: `The install is not whole or not up to date: ${FIX}`,
  })
})

test('an install whose own Node did not arrive is said', () => {
  using tree = temporaryFolder()
  const { 'node_modules/node/bin/node': _node, ...rest } = INSTALLED
  expect(preflight(tree.path, rest)).toEqual({
    status: 1,
    stderr: `The install lacks Node 24, which the package "node" brings: ${FIX}`,
  })
})
