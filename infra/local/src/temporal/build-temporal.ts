import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { cacheFolder } from '../cache-folder.ts'
import { withLock } from '../lock.ts'
import { inRepository } from '../repository.ts'
import { mustRun, runCommand } from '../run-command.ts'
import type { Progress } from '../steps/run-steps.ts'
import { CLI_VERSION } from './temporal-version.ts'

const MODULE = inRepository('infra', 'temporal')
const PACKAGE = 'github.com/temporalio/cli/cmd/temporal'
const VERSION_NAME = 'github.com/temporalio/cli/internal/temporalcli.Version'

const cached = (file: string): string => {
  const sums = readFileSync(inRepository('infra', 'temporal', 'go.sum'))
  const version = createHash('sha256').update(sums).digest('hex').slice(0, 12)
  return cacheFolder('temporal', version, file)
}

/** The CLI that this machine has built from the same pinned sources before. */
export const builtTemporal = (): string | undefined =>
  existsSync(cached('temporal')) ? cached('temporal') : undefined

export const hasGo = async (): Promise<boolean> => (await runCommand('go', ['version'])).code === 0

/** Builds the official CLI from `infra/temporal`, one builder a machine. Path of the program. */
export async function buildTemporal(progress: Progress): Promise<string> {
  const path = cached('temporal')
  const onWait = () => progress.say('another set-up builds it: waiting')
  await withLock(cached('build.lock'), { signal: progress.signal, onWait }, async () => {
    if (!existsSync(path)) await build(path, progress)
  })
  return path
}

async function build(path: string, progress: Progress): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0' }
  const options = { cwd: MODULE, signal: progress.signal, env }
  progress.say('Go downloads the sources')
  const list = ['list', '-deps', PACKAGE]
  const packages = (await mustRun('Listing the sources of Temporal', 'go', list, options)).split(
    '\n',
  )
  let compiled = 0
  const onLine = () => {
    compiled += 1
    progress.say(
      `Go compiles package ${compiled} of ${packages.length}`,
      compiled / packages.length,
    )
  }
  const flags = `-s -w -X ${VERSION_NAME}=${CLI_VERSION}`
  const args = ['build', '-trimpath', '-v', '-ldflags', flags, '-o', `${path}.tmp`, PACKAGE]
  await mustRun('Building Temporal', 'go', args, { ...options, onLine })
  renameSync(`${path}.tmp`, path)
}
