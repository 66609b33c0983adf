import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import type { PageFiles } from './layout.ts'

export interface Asset {
  type: string
  bytes: Buffer
  /** Made when it is first asked for. */
  zipped?: Buffer
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

const OWN = new URL('../../guide/assets/', import.meta.url)
const require = createRequire(import.meta.url)
const VIEWER = dirname(require.resolve('swagger-ui-dist/package.json'))

/** Files that pages load, by names that change with their content, so that they may be kept for ever. */
export function loadAssets() {
  const byName = new Map<string, Asset>()
  const add = (bytes: Buffer, name: string): string => {
    const end = extname(name)
    const unique = `${name.slice(0, -end.length)}.${hash('sha256', bytes, 'hex').slice(0, 12)}${end}`
    byName.set(unique, { type: TYPES[end] ?? '', bytes })
    return `/docs/assets/${unique}`
  }
  const own = (name: string) => add(readFileSync(new URL(name, OWN)), name)
  const ofViewer = (name: string) => add(readFileSync(join(VIEWER, name)), name)
  const files: PageFiles = {
    style: own('docs.css'),
    viewerStyle: ofViewer('swagger-ui.css'),
    viewer: ofViewer('swagger-ui-bundle.js'),
    viewerStart: own('viewer.js'),
  }
  return { byName, files }
}
