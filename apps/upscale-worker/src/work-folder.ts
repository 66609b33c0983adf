import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskId } from '@upscale/types'

const LEFT_BEHIND_MS = 3 * 3_600_000 // no attempt takes that long: its activity ends after two hours

export interface WorkFolder extends AsyncDisposable {
  path: string
}

/** A folder of this attempt alone, named for our process; gone when it is disposed. */
export async function openWorkFolder(root: string, taskId: TaskId): Promise<WorkFolder> {
  await mkdir(root, { recursive: true })
  const path = await mkdtemp(join(root, `${taskId}.${process.pid}.`))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

/** Removes what attempts of dead processes left behind. */
export async function sweepWorkFolders(root: string, now = Date.now()): Promise<void> {
  await mkdir(root, { recursive: true })
  for (const name of await readdir(root)) {
    const pid = pidOf(name)
    if (pid === undefined) continue // not ours to judge
    const path = join(root, name)
    const age = now - (await stat(path)).mtimeMs
    if (pid === process.pid || !isAlive(pid) || age > LEFT_BEHIND_MS) {
      await rm(path, { recursive: true, force: true })
    }
  }
}

const pidOf = (name: string): number | undefined => {
  const pid = /^task_[A-Za-z0-9]+\.(\d+)\.\w+$/.exec(name)?.[1]
  return pid === undefined ? undefined : Number(pid)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
