// Plain JavaScript for any Node: it runs before we know which Node and which packages are here.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const NODE_MAJOR = 24
const FIX = 'run `npx pnpm@12 install` and see what it says first'

/** The sentence that tells why nothing can run yet, or undefined. */
function complaint() {
  const wanted = textOf('pnpm-lock.yaml')
  const installed = textOf('node_modules/.pnpm/lock.yaml')
  if (installed === undefined) return `The packages are not installed: ${FIX}.`
  if (installed !== wanted) return `The install is not whole or not up to date: ${FIX}.`
  if (!existsSync(`${root}node_modules/node/bin/node`))
    return `The install lacks Node ${NODE_MAJOR}, which the package "node" brings: ${FIX}.`
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR)
    return `This is Node ${process.versions.node}, but ${NODE_MAJOR} is needed: start it as \`npx pnpm@12 ${process.argv[2] || 'start'}\`, which brings it.`
  return undefined
}

function textOf(path) {
  try {
    return readFileSync(root + path, 'utf8')
  } catch {
    return undefined
  }
}

const problem = complaint()
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`)
  process.exit(1)
}
// Without a command it only checks.
if (process.argv[2] === 'ops') {
  // A program of its own, which is started here as a script would: no part of this package.
  process.argv.splice(2, 1)
  await import(new URL('../ops/src/main.ts', import.meta.url).href)
} else if (process.argv.length > 2) await import('./src/main.ts')
