import { spawnSync } from 'node:child_process'
import { Problem } from '../problem.ts'

export interface User {
  uid: number
  gid: number
}

const NAME = 'postgres'

/**
 * The user that the server runs as: PostgreSQL refuses root, so root lends it a user of its own, made
 * where it is absent. undefined: ourselves.
 */
export function postgresUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const known = lookUp()
  if (known) return known
  const made = spawnSync('useradd', ['--system', '--no-create-home', NAME])
  const user = lookUp()
  if (made.status !== 0 || !user)
    throw new Problem(
      `PostgreSQL must not run as root and the user "${NAME}" could not be made: run this as another user, or add that user.`,
    )
  return user
}

function lookUp(): User | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, NAME], { encoding: 'utf8' })
    return status === 0 ? Number(stdout) : undefined
  })
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/** Whether the user may use what is at this path: a home folder with mode 0700 hides all that is in it. */
export function canReach(user: User | undefined, path: string): boolean {
  const options = { cwd: '/', ...user }
  return spawnSync('test', ['-x', path], options).status === 0
}
