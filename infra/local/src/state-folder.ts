import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Everything that a stack keeps, in one folder: two folders are two stacks. */
export function openStateFolder(root: string) {
  mkdirSync(root, { recursive: true })
  const folder = (name: string) => {
    mkdirSync(join(root, name), { recursive: true })
    return join(root, name)
  }
  return {
    root,
    lock: join(root, 'stack.lock'),
    stack: join(root, 'stack.json'),
    secrets: join(root, 'secrets.json'),
    account: join(root, 'account.json'),
    processes: join(root, 'processes.json'),
    log: join(root, 'log.ndjson'),
    temporalDb: join(root, 'temporal.db'),
    postgres: folder('postgres'),
    objects: folder('objects'),
    work: folder('work'),
    samples: folder('samples'),
    results: folder('results'),
  }
}

export type StateFolder = ReturnType<typeof openStateFolder>
