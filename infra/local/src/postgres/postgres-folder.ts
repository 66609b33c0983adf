import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { withLock } from '../lock.ts'
import { writePrivateFile } from '../private-file.ts'
import { Problem } from '../problem.ts'
import { mustRun } from '../run-command.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import { canReach } from './postgres-user.ts'
import type { User } from './postgres-user.ts'

export interface PostgresFolder {
  data: string
  log: string
  password: string
}

const LIBRARY = '/var/lib/upscale' // where root's data folders stand when the state folder is hidden

/** The folder of one server: as given, or, where its user cannot enter that one, one under /var/lib. */
export function placeFor(folder: string, user: User | undefined): string {
  mkdirSync(folder, { recursive: true })
  if (!user) return folder
  chownSync(folder, user.uid, user.gid)
  if (canReach(user, folder)) return folder
  chmodSync(dirname(folder), 0o711) // the state folder may be a private temporary one: let the user pass
  if (canReach(user, folder)) return folder
  const place = join(LIBRARY, createHash('sha256').update(folder).digest('hex').slice(0, 12))
  mkdirSync(place, { recursive: true, mode: 0o755 })
  chownSync(place, user.uid, user.gid)
  return place
}

/** Makes the data folder once, with a random password in a file beside it. Safe to kill at any point. */
export async function preparePostgresFolder(
  place: string,
  { initdb }: PostgresBinaries,
  user: User | undefined,
  signal?: AbortSignal,
): Promise<PostgresFolder> {
  const data = join(place, 'data')
  const passwordFile = join(place, 'password')
  await withLock(join(place, 'initdb.lock'), { signal }, async () => {
    if (!existsSync(data)) await makeData({ data, passwordFile, initdb, user, signal })
  })
  checkOwner(data, user)
  return { data, log: join(place, 'log'), password: readFileSync(passwordFile, 'utf8') }
}

async function makeData(given: {
  data: string
  passwordFile: string
  initdb: string
  user: User | undefined
  signal: AbortSignal | undefined
}): Promise<void> {
  const { data, passwordFile, initdb, user, signal } = given
  const temporary = `${data}.tmp`
  rmSync(temporary, { recursive: true, force: true })
  mkdirSync(temporary, { mode: 0o700 })
  writePrivateFile(passwordFile, randomBytes(24).toString('base64url'))
  if (user) for (const path of [temporary, passwordFile]) chownSync(path, user.uid, user.gid)
  // Its own locale provider: the host may have no UTF-8 locale.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin']
  const login = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  await mustRun(
    'Making the database folder',
    initdb,
    ['-D', temporary, ...locale, '--builtin-locale=C.UTF-8', ...login],
    { cwd: '/', user, signal },
  )
  renameSync(temporary, data)
}

function checkOwner(data: string, user: User | undefined): void {
  const { uid, mode } = statSync(data)
  const wanted = user?.uid ?? process.getuid?.()
  if (uid === wanted && (mode & 0o027) === 0) return
  throw new Problem(
    `The database folder ${data} must belong to the user who runs PostgreSQL (id ${wanted}) with mode 0700: give it back with chown and chmod, or start as its owner.`,
  )
}
